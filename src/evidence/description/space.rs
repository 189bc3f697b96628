//! Bounding boxes: arrays of numbers (GeoJSON, RFC 7946 §5), WKT and GeoJSON literals (DCAT 3 §6.7.2 `dcat:bbox`).

use serde_json::Value;

use crate::evidence::document::reading::{DocumentValue, local_name, plain};
use crate::oci::json::parse_strict;

/// Characters of a literal that are read: a bounding box needs few.
const LITERAL: usize = 4096;

/// Where the data are: west, south, east, north in degrees (WGS 84). Where west is greater than east, the box
/// crosses the antimeridian.
#[derive(Debug, Clone, PartialEq)]
pub struct Extent {
    /// The four numbers.
    pub bbox: [f64; 4],
    /// Whether it is that of a whole collection, within which the subject lies.
    pub is_of_collection: bool,
    /// Where.
    pub pointer: String,
}

impl Extent {
    /// Four numbers, or six with heights, which are left out.
    pub fn of_numbers(at: &DocumentValue<'_>) -> Option<Self> {
        let numbers: Option<Vec<f64>> = at.value.as_array()?.iter().map(Value::as_f64).collect();
        let bbox = match numbers?.as_slice() {
            [west, south, east, north] => [*west, *south, *east, *north],
            [west, south, _, east, north, _] => [*west, *south, *east, *north],
            _ => return None,
        };
        Self::checked(bbox, at)
    }

    /// A literal in WKT (`POLYGON((…))`, `ENVELOPE(west, east, north, south)`) or GeoJSON.
    pub fn of_literal(at: &DocumentValue<'_>) -> Option<Self> {
        let text = at.text().filter(|text| text.len() <= LITERAL)?.trim();
        let points = match text.starts_with('{') {
            true => {
                let geometry = parse_strict(text.as_bytes(), 16).ok()?;
                let mut points = Vec::new();
                positions(geometry.get("coordinates")?, &mut points)?;
                points
            }
            false => return Self::checked(wkt(text)?, at),
        };
        Self::checked(bounds(&points)?, at)
    }

    fn checked(bbox: [f64; 4], at: &DocumentValue<'_>) -> Option<Self> {
        let [west, south, east, north] = bbox;
        let is_longitude = |degrees: f64| (-180.0..=180.0).contains(&degrees);
        let is_latitude = |degrees: f64| (-90.0..=90.0).contains(&degrees);
        // Numbers of another reference system cannot be compared with degrees.
        let are_degrees = is_longitude(west) && is_longitude(east) && is_latitude(south) && is_latitude(north);
        (are_degrees && south <= north).then(|| Extent { bbox, is_of_collection: false, pointer: at.pointer() })
    }

    /// What the members of an object called `bbox`, under any prefix, say.
    pub fn boxes(at: &DocumentValue<'_>) -> Vec<Extent> {
        let boxes = at.members().filter(|(key, _)| plain(local_name(key)) == "bbox");
        boxes.filter_map(|(_, at)| Extent::of_numbers(&at)).collect()
    }
}

/// The positions of GeoJSON coordinates, however deep they lie.
fn positions(coordinates: &Value, points: &mut Vec<(f64, f64)>) -> Option<()> {
    let items = coordinates.as_array()?;
    if let [x, y, ..] = items.as_slice()
        && let (Some(x), Some(y)) = (x.as_f64(), y.as_f64())
    {
        points.push((x, y));
        return Some(());
    }
    items.iter().try_for_each(|item| positions(item, points))
}

/// The box of a WKT text; a reference system that it names first (GeoSPARQL) has to be WGS 84 with longitude first.
fn wkt(text: &str) -> Option<[f64; 4]> {
    let text = match text.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((system, rest)) if system.ends_with("/CRS84") => rest.trim(),
        Some(_) => return None,
        None => text,
    };
    let (kind, rest) = text.split_once('(')?;
    let kind = kind.trim().to_ascii_uppercase();
    let numbers = |part: &str| -> Option<Vec<f64>> {
        part.split_whitespace().map(|number| number.parse().ok().filter(|number: &f64| number.is_finite())).collect()
    };
    let parts = rest.split(',').map(|part| part.replace(['(', ')'], " "));
    let parts: Vec<Vec<f64>> = parts.map(|part| numbers(&part)).collect::<Option<_>>()?;
    match kind.as_str() {
        "ENVELOPE" => match parts.concat().as_slice() {
            [west, east, north, south] => Some([*west, *south, *east, *north]),
            _ => None,
        },
        "POLYGON" | "MULTIPOLYGON" | "POLYGON Z" => {
            let point = |part: &Vec<f64>| match part.as_slice() {
                [x, y] | [x, y, _] => Some((*x, *y)),
                _ => None,
            };
            bounds(&parts.iter().map(point).collect::<Option<Vec<_>>>()?)
        }
        _ => None,
    }
}

fn bounds(points: &[(f64, f64)]) -> Option<[f64; 4]> {
    let first = points.first()?;
    let widen = |[west, south, east, north]: [f64; 4], (x, y): &(f64, f64)| {
        [west.min(*x), south.min(*y), east.max(*x), north.max(*y)]
    };
    Some(points.iter().fold([first.0, first.1, first.0, first.1], widen))
}
