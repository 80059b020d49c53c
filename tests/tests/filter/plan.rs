//! Filters to build, and their meaning.

use jiff::Timestamp;
use qrs_generated::filter::{self, Decimal, Filter, FilterError, Property};
use uuid::Uuid;

/// How a filter is put together: which calls are made, on what.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Compare(String, Meant),
    And(Box<Plan>, Box<Plan>),
    Or(Box<Plan>, Box<Plan>),
    All(Vec<Plan>),
    Any(Vec<Plan>),
    OneOf(String, List),
    NoneOf(String, List),
}

/// An operator with a value that it takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meant {
    Equality(&'static str, Given),
    Order(&'static str, Given),
    Part(&'static str, String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    Text(String),
    Guid(Uuid),
    Flag(bool),
    Integer(i64),
    Natural(u64),
    Decimal(f64),
    Date(Timestamp),
}

#[derive(Clone, Debug)]
pub(crate) enum List {
    Texts(Vec<String>),
    Guids(Vec<Uuid>),
}

impl List {
    pub(crate) fn given(&self) -> Vec<Given> {
        match self {
            Self::Texts(texts) => texts.iter().cloned().map(Given::Text).collect(),
            Self::Guids(guids) => guids.iter().copied().map(Given::Guid).collect(),
        }
    }
}

/// Through the public surface, as a caller would.
pub(crate) fn build(plan: &Plan) -> Result<Filter, FilterError> {
    let each = |plans: &[Plan]| plans.iter().map(build).collect::<Result<Vec<_>, _>>();
    match plan {
        Plan::Compare(name, meant) => compare(Property::new(name)?, meant),
        Plan::And(left, right) => Ok(build(left)?.and(build(right)?)),
        Plan::Or(left, right) => Ok(build(left)?.or(build(right)?)),
        Plan::All(plans) => filter::all(each(plans)?),
        Plan::Any(plans) => filter::any(each(plans)?),
        Plan::OneOf(name, List::Texts(texts)) => Property::new(name)?.one_of(texts),
        Plan::OneOf(name, List::Guids(guids)) => Property::new(name)?.one_of(guids),
        Plan::NoneOf(name, List::Texts(texts)) => Property::new(name)?.none_of(texts),
        Plan::NoneOf(name, List::Guids(guids)) => Property::new(name)?.none_of(guids),
    }
}

pub(crate) fn compare(property: Property<'_>, meant: &Meant) -> Result<Filter, FilterError> {
    fn equality(property: Property<'_>, operator: &str, value: impl filter::Value) -> Filter {
        match operator {
            "eq" => property.eq(value),
            "ne" => property.ne(value),
            other => unreachable!("{other}"),
        }
    }
    fn order(property: Property<'_>, operator: &str, value: impl filter::Ordered) -> Filter {
        match operator {
            "gt" => property.gt(value),
            "ge" => property.ge(value),
            "lt" => property.lt(value),
            "le" => property.le(value),
            other => unreachable!("{other}"),
        }
    }
    Ok(match meant {
        Meant::Equality(operator, Given::Text(value)) => equality(property, operator, value),
        Meant::Equality(operator, Given::Guid(value)) => equality(property, operator, value),
        Meant::Equality(operator, Given::Flag(value)) => equality(property, operator, value),
        Meant::Equality(operator, Given::Integer(value)) => equality(property, operator, value),
        Meant::Equality(operator, Given::Natural(value)) => equality(property, operator, value),
        Meant::Equality(operator, Given::Decimal(value)) => equality(property, operator, Decimal::new(*value)?),
        Meant::Equality(operator, Given::Date(value)) => equality(property, operator, value),
        Meant::Order(operator, Given::Integer(value)) => order(property, operator, value),
        Meant::Order(operator, Given::Natural(value)) => order(property, operator, value),
        Meant::Order(operator, Given::Decimal(value)) => order(property, operator, Decimal::new(*value)?),
        Meant::Order(operator, Given::Date(value)) => order(property, operator, value),
        Meant::Order(operator, other) => unreachable!("{operator} {other:?} does not compile"),
        Meant::Part("sw", value) => property.sw(value),
        Meant::Part("ew", value) => property.ew(value),
        Meant::Part("so", value) => property.so(value),
        Meant::Part(other, _) => unreachable!("{other}"),
    })
}

/// An expression, `L` being what stands for a value: what was meant, or what was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree<L> {
    Compare(String, String, L),
    All(Vec<Tree<L>>),
    Any(Vec<Tree<L>>),
}

impl<L> Tree<L> {
    /// Joins without regard to how joints of one kind were nested, which changes no meaning.
    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::All(inner) => inner,
            other => vec![other],
        });
        Self::one_or(flat.collect(), Self::All)
    }

    pub(crate) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Any(inner) => inner,
            other => vec![other],
        });
        Self::one_or(flat.collect(), Self::Any)
    }

    pub(crate) fn one_or(mut parts: Vec<Self>, join: impl FnOnce(Vec<Self>) -> Self) -> Self {
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            last => {
                parts.extend(last);
                join(parts)
            }
        }
    }
}

pub(crate) fn meaning(plan: &Plan) -> Tree<Given> {
    let each = |name: &str, operator: &str, list: &List| -> Vec<Tree<Given>> {
        let one = |value| Tree::Compare(name.to_owned(), operator.to_owned(), value);
        list.given().into_iter().map(one).collect()
    };
    match plan {
        Plan::Compare(name, Meant::Equality(operator, value) | Meant::Order(operator, value)) => {
            Tree::Compare(name.clone(), (*operator).to_owned(), value.clone())
        }
        Plan::Compare(name, Meant::Part(operator, value)) => {
            Tree::Compare(name.clone(), (*operator).to_owned(), Given::Text(value.clone()))
        }
        Plan::And(left, right) => Tree::all([meaning(left), meaning(right)]),
        Plan::Or(left, right) => Tree::any([meaning(left), meaning(right)]),
        Plan::All(plans) => Tree::all(plans.iter().map(meaning)),
        Plan::Any(plans) => Tree::any(plans.iter().map(meaning)),
        Plan::OneOf(name, list) => Tree::any(each(name, "eq", list)),
        Plan::NoneOf(name, list) => Tree::all(each(name, "ne", list)),
    }
}
