use super::super::testing::{
    LAYER, OTHER, SECOND, SUBJECT, Scene, describing, digest, document, file, making, signed, stated,
};
use super::*;
use crate::evidence::description::time::Moment;
use crate::evidence::description::{Description, Extent, Identifier, Period};
use crate::evidence::{DocumentKind, Facts};

/// What is found: whether all of it is signed, and the places by the first character of the digest.
fn found_with(documents: &[Document], scene: &Scene, settings: &RelationSettings) -> Vec<(bool, String)> {
    let subject = scene.subject();
    let layers = LayerIndex::of(&subject);
    let comparison = Comparison { documents, subject: &subject, layers: &layers, settings };
    let place = |place: Place| {
        let digest = place.document.to_string();
        format!("{}{}", digest.chars().nth(7).unwrap(), place.pointer)
    };
    let places = |places: Vec<Place>| places.into_iter().map(place).collect::<Vec<_>>().join(" ");
    comparison.contradictions().into_iter().map(|one| (one.is_signed, places(one.places))).collect()
}

fn found(documents: &[Document]) -> Vec<(bool, String)> {
    found_with(documents, &Scene::default(), &RelationSettings::default())
}

fn signed_at(places: &str) -> Vec<(bool, String)> {
    vec![(true, places.to_owned())]
}

fn record(name: char, description: Description) -> Document {
    signed(Document { description, ..document(DocumentKind::Stac, name) })
}

fn id(name: char, field: &'static str, value: &str) -> Document {
    let identifiers = vec![Identifier { field, stated: stated(value, "/id") }];
    record(name, Description { identifiers, ..Description::default() })
}

fn extent(name: char, bbox: [f64; 4], is_of_collection: bool) -> Document {
    let extents = vec![Extent { bbox, is_of_collection, pointer: "/bbox".to_owned() }];
    record(name, Description { extents, ..Description::default() })
}

fn unsigned(document: Document) -> Document {
    Document { signers: Vec::new(), ..document }
}

#[test]
fn the_data_set_is_one_and_a_contradiction_points_into_all() {
    let soils = id('d', "dataset_id", "soils");
    assert_eq!(found(&[soils.clone(), id('e', "dataset_id", "soils")]), []);
    assert_eq!(found(&[soils.clone(), id('e', "dataset_id", "rocks")]), signed_at("d/id e/id"));
    let three = [soils.clone(), id('e', "dataset_id", "rocks"), id('0', "dataset_id", "soil")];
    assert_eq!(found(&three), signed_at("d/id e/id 0/id"));
    // An unsigned one only warns, also where signed ones contradict each other already.
    assert_eq!(found(&[soils.clone(), unsigned(id('e', "dataset_id", "rocks"))]), [(false, "d/id e/id".to_owned())]);
    let all = [soils, id('e', "dataset_id", "rocks"), unsigned(id('0', "dataset_id", "rocks"))];
    assert_eq!(found(&all), [(true, "d/id e/id".to_owned()), (false, "d/id 0/id".to_owned())]);
}

#[test]
fn other_identifiers_are_compared_only_where_the_settings_say_so() {
    let both = [id('d', "dataset_id", "soils"), id('e', "identifier", "https://doi.org/10.5/x")];
    assert_eq!(found(&both), []);
    let mut settings = RelationSettings::default();
    settings.agreement.identifier_fields.push("identifier".to_owned());
    assert_eq!(found_with(&both, &Scene::default(), &settings), signed_at("d/id e/id"));
}

#[test]
fn extents_agree_within_the_tolerance() {
    let kansas = [-102.05, 36.99, -94.59, 40.0];
    for (bbox, is_of_collection, agrees) in [
        (kansas, false, true),
        ([-102.06, 37.0, -94.6, 39.99], false, true),
        ([-102.07, 36.99, -94.59, 40.0], false, false),
        // That of a collection holds what it describes.
        ([-180.0, -90.0, 180.0, 90.0], true, true),
        ([-180.0, -90.0, 180.0, 90.0], false, false),
        ([-102.04, 36.98, -94.58, 40.01], true, true),
        ([-100.0, 36.0, -94.0, 41.0], true, false),
        // Across the antimeridian it is not compared.
        ([170.0, -10.0, -170.0, 10.0], true, true),
        ([170.0, -10.0, -170.0, 10.0], false, false),
    ] {
        let both = [extent('d', kansas, false), extent('e', bbox, is_of_collection)];
        let expected = if agrees { Vec::new() } else { signed_at("d/bbox e/bbox") };
        assert_eq!(found(&both), expected, "{bbox:?} {is_of_collection}");
    }
}

const HOUR: i64 = 3600;

fn moment(first: i64, last: i64) -> Option<Moment> {
    Some(Moment { first, last })
}

fn period(of: PeriodKind, start: Option<Moment>, end: Option<Moment>) -> Period {
    Period {
        of,
        start,
        end,
        is_instant: false,
        is_of_collection: false,
        text: "a time".to_owned(),
        pointer: "/time".to_owned(),
    }
}

fn at(name: char, period: Period) -> Document {
    record(name, Description { periods: vec![period], ..Description::default() })
}

#[test]
fn times_of_the_data_agree_where_they_can_be_the_same() {
    let data = |start, end| period(PeriodKind::Data, start, end);
    let instant = |first, last| Period { is_instant: true, ..data(moment(first, last), moment(first, last)) };
    let collection = |start, end| Period { is_of_collection: true, ..data(start, end) };
    for (one, other, agree) in [
        (data(moment(0, 0), moment(9, 9)), data(moment(0, 0), moment(9, 9)), true),
        (data(moment(0, 0), moment(9, 9)), data(moment(1, 1), moment(9, 9)), false),
        // A day holds its seconds.
        (data(moment(0, 0), moment(9, 9)), data(moment(-5, 5), moment(9, 9)), true),
        // An open end contradicts nothing.
        (data(moment(0, 0), None), data(moment(0, 0), moment(9, 9)), true),
        // An instant lies within a period, and equals only itself.
        (instant(5, 5), data(moment(0, 0), moment(9, 9)), true),
        (instant(15, 15), data(moment(0, 0), moment(9, 9)), false),
        (instant(5, 5), instant(6, 6), false),
        (instant(5, 5), instant(0, 9), true),
        // Whatever lies within that of a collection agrees with it.
        (data(moment(2, 2), moment(3, 3)), collection(moment(0, 0), moment(9, 9)), true),
        (data(moment(2, 2), moment(30, 30)), collection(moment(0, 0), moment(9, 9)), false),
    ] {
        let expected = if agree { Vec::new() } else { signed_at("d/time e/time") };
        assert_eq!(found(&[at('d', one.clone()), at('e', other.clone())]), expected, "{one:?} {other:?}");
    }
}

#[test]
fn runs_of_different_times_are_contradictions_unless_they_are_different_runs() {
    let run = |name, start, end| at(name, period(PeriodKind::Run, moment(start, start), moment(end, end)));
    let first = run('d', 0, HOUR);
    assert_eq!(found(&[first.clone(), run('e', HOUR / 2, 2 * HOUR)]), []);
    assert_eq!(found(&[first.clone(), run('e', HOUR + 60, 2 * HOUR)]), [], "clocks may differ by a minute");
    assert_eq!(found(&[first.clone(), run('e', HOUR + 61, 2 * HOUR)]), signed_at("d/time e/time"));
    let of = |document: Document, id: &str| Document {
        kind: DocumentKind::Prov,
        facts: Facts { run_ids: vec![stated(id, "/run")], ..Facts::default() },
        ..document
    };
    assert_eq!(found(&[of(first.clone(), "run-1"), of(run('e', 9 * HOUR, 9 * HOUR), "run-2")]), []);
    assert_eq!(found(&[of(first.clone(), "run-1"), of(run('e', 9 * HOUR, 9 * HOUR), "run-1")]).len(), 1);
    // What contradicts itself is no matter of agreement.
    assert_eq!(found(&[run('e', 9 * HOUR, 0), run('e', 9 * HOUR, 0)]), []);
}

#[test]
fn metadata_names_the_run_of_the_others() {
    let of_run = |kind, name, id: &str| {
        signed(Document {
            facts: Facts { run_ids: vec![stated(id, "/run")], ..Facts::default() },
            ..document(kind, name)
        })
    };
    let prov = of_run(DocumentKind::Prov, 'd', "run-1");
    assert_eq!(found(&[prov.clone(), of_run(DocumentKind::Stac, 'e', "run-2")]), signed_at("d/run e/run"));
    assert_eq!(found(&[prov.clone(), of_run(DocumentKind::Stac, 'e', "run-1")]), []);
    // Those of provenance and run manifests are compared by rules of their own.
    assert_eq!(found(&[prov, of_run(DocumentKind::RunManifest, 'e', "run-2")]), []);
}

fn of_file(name: char, file: DescribedFile) -> Document {
    signed(describing(document(DocumentKind::Stac, name), vec![file]))
}

/// What the manifest and a record say of the layer `soils.pmtiles`: 10 bytes of `application/vnd.pmtiles`.
#[test]
fn a_record_says_of_a_file_what_the_manifest_says() {
    let says = |change: &dyn Fn(&mut DescribedFile)| {
        let mut described = file("soils.pmtiles");
        change(&mut described);
        found(&[of_file('d', described)])
    };
    let digest_of = |character| stated(digest(character).to_string(), "/checksum");
    assert_eq!(says(&|file| file.digests.push(digest_of(LAYER))), []);
    assert_eq!(says(&|file| file.digests.push(digest_of(OTHER))), signed_at("1/layers/0/digest d/checksum"));
    assert_eq!(says(&|file| file.digests.push(digest_of(SUBJECT))), [], "what pins the manifest");
    assert_eq!(says(&|file| file.sizes.push(stated("10", "/size"))), []);
    assert_eq!(says(&|file| file.sizes.push(stated("11", "/size"))), signed_at("1/layers/0/size d/size"));
    assert_eq!(says(&|file| file.sizes.push(stated("550", "/size"))), [], "the size of the manifest");
    let two_sizes = says(&|file| file.sizes.extend([stated("10", "/a"), stated("11", "/b")]));
    assert_eq!(two_sizes, signed_at("1/layers/0/size d/b"), "a file has one size");
    let typed = |media_type: &str| says(&|file| file.media_types.push(stated(media_type, "/type")));
    assert_eq!(typed("application/vnd.pmtiles; x=y"), []);
    assert_eq!(typed("APPLICATION/vnd.PMTiles"), []);
    assert_eq!(typed("image/tiff"), signed_at("1/layers/0/mediaType d/type"));
    assert_eq!(typed("application/vnd.example.layer.v1"), [], "the artifact's own type");
    // Of other bytes under this name nothing else matters.
    let other = says(&|file| {
        file.digests.push(digest_of(OTHER));
        file.sizes.push(stated("11", "/size"));
    });
    assert_eq!(other, signed_at("1/layers/0/digest d/checksum"));
    // Beside the right digest a checksum may be wrong; what pins another manifest may hold the same bytes.
    let with_second = |is_locator: bool| {
        says(&|file| {
            file.digests.extend([digest_of(LAYER), stated(digest(OTHER).to_string(), "/href")]);
            file.locators.extend(is_locator.then(|| stated("oci://…", "/href")));
        })
    };
    assert_eq!(with_second(false), signed_at("1/layers/0/digest d/href"));
    assert_eq!(with_second(true), []);
}

#[test]
fn aliases_and_unspecific_types_are_settings() {
    let mut settings = RelationSettings::default();
    settings.media_types.aliases.insert("application/x-pmtiles".to_owned(), "application/vnd.pmtiles".to_owned());
    settings.media_types.unspecific.insert("application/octet-stream".to_owned());
    for (media_type, agrees) in
        [("application/x-pmtiles", true), ("application/octet-stream", true), ("image/png", false)]
    {
        let described = DescribedFile { media_types: vec![stated(media_type, "/type")], ..file("soils.pmtiles") };
        let all = found_with(&[of_file('d', described)], &Scene::default(), &settings);
        assert_eq!(all.is_empty(), agrees, "{media_type}");
    }
}

#[test]
fn the_role_of_a_file_is_the_same_everywhere() {
    let role =
        |name, role: &str| of_file(name, DescribedFile { roles: vec![stated(role, "/role")], ..file("soils.pmtiles") });
    assert_eq!(found(&[role('d', "data"), role('e', "Data")]), []);
    assert_eq!(found(&[role('d', "data"), role('e', "overview")]), signed_at("d/role e/role"));
}

/// A document that is about other bytes is told so by the rule of its class.
#[test]
fn files_of_other_classes_count_where_the_document_is_about_the_subject() {
    let sized = DescribedFile { sizes: vec![stated("11", "/size")], ..file("soils.pmtiles") };
    let run = |output| {
        let made = making(document(DocumentKind::RunManifest, 'd'), &[(output, "/out", None)]);
        found(&[signed(describing(made, vec![sized.clone()]))])
    };
    assert_eq!(run(SECOND), signed_at("1/layers/0/size d/size"));
    assert_eq!(run(SUBJECT), signed_at("1/layers/0/size d/size"));
    assert_eq!(run(OTHER), []);
}

#[test]
fn an_unsigned_manifest_makes_no_signed_contradiction() {
    let scene = Scene { is_proven: false, ..Scene::default() };
    let sized = DescribedFile { sizes: vec![stated("11", "/size")], ..file("soils.pmtiles") };
    let all = found_with(&[of_file('d', sized)], &scene, &RelationSettings::default());
    assert_eq!(all, [(false, "d/size 1/layers/0/size".to_owned())]);
}

#[test]
fn layers_are_known_by_digest_by_path_and_by_an_only_name() {
    let scene = Scene::default();
    let subject = scene.subject();
    let layers = LayerIndex::of(&subject);
    let of = |name: &str, character: Option<char>| {
        let digests = character.map(|character| stated(digest(character).to_string(), "/d")).into_iter().collect();
        Vec::from_iter(layers.layers_of(&DescribedFile { digests, ..file(name) }))
    };
    assert_eq!(of("soils.pmtiles", None), [0]);
    assert_eq!(of("./soils.pmtiles", None), [0]);
    assert_eq!(of("x/y/soils.parquet", None), [1]);
    assert_eq!(of("rocks.parquet", None), [] as [usize; 0]);
    assert_eq!(of("rocks.parquet", Some(SECOND)), [1]);
    assert_eq!(of("soils.pmtiles", Some(SECOND)), [0, 1]);
    assert_eq!(of("rocks.parquet", Some(SUBJECT)), [] as [usize; 0], "which of two the manifest means is not known");
    let single = Scene { layers: vec![super::super::testing::layer(LAYER, "a")], ..Scene::default() };
    let subject = single.subject();
    let pinned = DescribedFile { digests: vec![stated(digest(SUBJECT).to_string(), "/d")], ..file("rocks") };
    assert_eq!(Vec::from_iter(LayerIndex::of(&subject).layers_of(&pinned)), [0]);
    let index = Scene { is_index: true, ..Scene::default() };
    assert!(LayerIndex::of(&index.subject()).layers_of(&file("soils.pmtiles")).is_empty(), "an index has no layers");
}
