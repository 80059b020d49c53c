//! Finds the known word that a misspelt one is meant to be.

/// The one of `known` that `word` is a likely misspelling of.
pub(crate) fn nearest<'k>(word: &str, mut known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known.find(|known| is_near(word, known))
}

/// Characters that a word has at most that is compared with others.
const LONGEST: usize = 64;

/// Whether `word` is a likely misspelling of `known`: alike but for case and marks, or for one edit in five letters.
pub(super) fn is_near(word: &str, known: &str) -> bool {
    if word.len() > LONGEST || known.len() > LONGEST {
        return word == known;
    }
    let (word, known) = (plain(word), plain(known));
    let allowed = (known.len() / 5).clamp(usize::from(known.len() > 3), 2);
    word.len().abs_diff(known.len()) <= allowed && distance(word.as_bytes(), known.as_bytes()) <= allowed
}

/// The one of `known` that a value is read as: itself, one that is alike, or one that is near.
pub(super) fn meant<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let found = |is: &dyn Fn(&str) -> bool| known.iter().copied().find(|known| is(known));
    found(&|known| word == known)
        .or_else(|| found(&|known| is_alike(word, known)))
        .or_else(|| found(&|known| is_near(word, known)))
}

/// Whether two words differ in case and marks alone.
pub(super) fn is_alike(word: &str, known: &str) -> bool {
    word.len() <= LONGEST && plain(word) == plain(known)
}

fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// The optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for i in 0..one.len() {
        let mut row = Vec::with_capacity(other.len() + 1);
        row.push(i + 1);
        for j in 0..other.len() {
            let substituted = last[j] + usize::from(one[i] != other[j]);
            let mut fewest = substituted.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && one[i] == other[j - 1] && one[i - 1] == other[j] {
                fewest = fewest.min(before_last[j - 1] + 1);
            }
            row.push(fewest);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}
