// only: by-media-type

//! Choosing among documented bodies by the media type of a response.

use super::raw::RawResponse;
use crate::runtime::text::media_type::fit;

impl RawResponse {
    /// The place of the documented body whose media types describe the response best; the first one if none does.
    pub(crate) fn choose(&self, documented: &[&[&str]]) -> usize {
        let Some(own) = self.content_type() else { return 0 };
        let fits = documented.iter().map(|names| names.iter().map(|name| fit(own, name)).max().unwrap_or(0));
        let mut best = (0, 0);
        for (place, fit) in fits.enumerate() {
            if fit > best.1 {
                best = (place, fit);
            }
        }
        best.0
    }
}
