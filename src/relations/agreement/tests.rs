use super::super::tests::{
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
    let single = Scene { layers: vec![super::super::tests::layer(LAYER, "a")], ..Scene::default() };
    let subject = single.subject();
    let pinned = DescribedFile { digests: vec![stated(digest(SUBJECT).to_string(), "/d")], ..file("rocks") };
    assert_eq!(Vec::from_iter(LayerIndex::of(&subject).layers_of(&pinned)), [0]);
    let index = Scene { is_index: true, ..Scene::default() };
    assert!(LayerIndex::of(&index.subject()).layers_of(&file("soils.pmtiles")).is_empty(), "an index has no layers");
}

#[test]
fn every_statement_of_a_document_counts_and_one_in_common_is_enough() {
    let ids = |name, values: &[&str]| {
        let identifiers = values.iter().map(|value| Identifier { field: "dataset_id", stated: stated(*value, "/id") });
        record(name, Description { identifiers: identifiers.collect(), ..Description::default() })
    };
    assert_eq!(found(&[ids('d', &["soils", "rocks"]), ids('e', &["rocks", "birds"])]), []);
    assert_eq!(found(&[ids('d', &["soils", "rocks"]), ids('e', &["birds"])]), signed_at("d/id e/id"));
    assert_eq!(found(&[ids('d', &["soils"]), ids('e', &[])]), []);
}

/// All that contradict the first one are shown, those too that say what another says.
#[test]
fn who_says_the_same_is_told_with_the_others() {
    let all = [id('d', "dataset_id", "soils"), id('e', "dataset_id", "rocks"), id('0', "dataset_id", "rocks")];
    assert_eq!(found(&all), signed_at("d/id e/id 0/id"));
    let agreeing = [id('d', "dataset_id", "soils"), id('e', "dataset_id", "soils"), id('0', "dataset_id", "rocks")];
    assert_eq!(found(&agreeing), signed_at("d/id 0/id"));
}

/// What a third one says does not make two right.
#[test]
fn nobody_reconciles_two_that_contradict_each_other() {
    let data = |start, end| period(PeriodKind::Data, moment(start, start), moment(end, end));
    let instant = |second| Period { is_instant: true, ..data(second, second) };
    let (early, late, both) = (at('d', instant(15)), at('e', instant(5)), at('0', data(0, 99)));
    assert_eq!(found(&[early.clone(), late.clone(), both.clone()]), signed_at("d/time e/time"));
    assert_eq!(found(&[early, late, unsigned(both)]), signed_at("d/time e/time"));
    let within = extent('0', [-100.0, 38.0, -99.0, 39.0], false);
    let apart = [extent('d', [-102.0, 37.0, -94.0, 40.0], true), extent('e', [10.0, 10.0, 20.0, 20.0], true)];
    assert_eq!(found(&[&apart[..], &[unsigned(within)]].concat())[0], signed_at("d/bbox e/bbox")[0]);
}

/// The places are the same, what is asked is not.
#[test]
fn the_time_of_the_data_is_not_that_of_the_run() {
    let both = |one, other| {
        let [one, other] = [(one, 'd', 0), (other, 'e', 9 * HOUR)]
            .map(|(of, name, start)| at(name, period(of, moment(start, start), moment(start, start))));
        found(&[one, other])
    };
    assert_eq!(both(PeriodKind::Data, PeriodKind::Data), signed_at("d/time e/time"));
    assert_eq!(both(PeriodKind::Run, PeriodKind::Run), signed_at("d/time e/time"));
    assert_eq!(both(PeriodKind::Data, PeriodKind::Run), []);
}

/// One end alone is when the run was.
#[test]
fn a_run_may_state_one_end_only() {
    let run = |name, start, end| at(name, period(PeriodKind::Run, start, end));
    for (one, other, agree) in [
        ((moment(0, 0), None), (moment(60, 60), None), true),
        ((moment(0, 0), None), (moment(61, 61), None), false),
        ((None, moment(0, 0)), (moment(61, 61), None), false),
        ((moment(0, 0), None), (None, moment(61, 61)), false),
        // Nobody knows which of the seconds is meant.
        ((moment(0, 10), None), (moment(70, 90), None), true),
        ((moment(0, 10), None), (moment(71, 90), None), false),
        ((None, None), (moment(61, 61), None), true),
    ] {
        let expected = if agree { Vec::new() } else { signed_at("d/time e/time") };
        let documents = [run('d', one.0, one.1), run('e', other.0, other.1)];
        assert_eq!(found(&documents), expected, "{one:?} {other:?}");
    }
}

#[test]
fn what_cannot_be_compared_with_a_layer_says_nothing_of_it() {
    let long = stated(super::super::tests::long_digest(OTHER).to_string(), "/checksum");
    let described = DescribedFile { digests: vec![long], ..file("soils.pmtiles") };
    assert_eq!(found(&[of_file('d', described)]), [], "another algorithm");
    let sized = |name: &str| DescribedFile { sizes: vec![stated("11", "/size")], ..file(name) };
    assert_eq!(found(&[of_file('d', sized("rocks.parquet"))]), [], "no file of the subject");
    let index = Scene { is_index: true, ..Scene::default() };
    let settings = RelationSettings::default();
    assert_eq!(found_with(&[of_file('d', sized("soils.pmtiles"))], &index, &settings), [], "an index has no layers");
}

/// One of several types is enough, and where the manifest says none, documents may still contradict each other.
#[test]
fn a_manifest_of_an_unspecific_type_says_no_type() {
    let typed = |name, types: &[&str]| {
        let media_types = types.iter().map(|media_type| stated(*media_type, "/type")).collect();
        of_file(name, DescribedFile { media_types, ..file("soils.pmtiles") })
    };
    assert_eq!(found(&[typed('d', &["image/tiff", "application/vnd.pmtiles"])]), []);
    let settings = super::super::tests::bundled_settings();
    let mut scene = Scene::default();
    scene.layers[0].media_type = "application/vnd.oci.image.layer.v1.tar".to_owned();
    assert_eq!(found_with(&[typed('d', &["image/tiff"])], &scene, &settings), []);
    let both = [typed('d', &["image/tiff"]), typed('e', &["application/vnd.pmtiles"])];
    assert_eq!(found_with(&both, &scene, &settings), signed_at("d/type e/type"));
}

/// Whoever can push could make this long: of each class twenty, and of all that they say fifty that differ.
#[test]
fn of_unsigned_documents_and_statements_only_so_many_are_compared() {
    let shifted = |kind, number: usize| {
        let bbox = [f64::from(u32::try_from(number).unwrap()) / 1e6, 0.0, 1.0, 1.0];
        unsigned(Document { kind, ..extent('d', bbox, false) })
    };
    let crowd = |kind, from: usize, number: usize| (from..from + number).map(move |number| shifted(kind, number));
    let far = |kind| unsigned(Document { kind, ..extent('e', [50.0, 50.0, 60.0, 60.0], false) });
    let documents =
        |number| -> Vec<Document> { crowd(DocumentKind::Stac, 0, number).chain([far(DocumentKind::Stac)]).collect() };
    assert_eq!((found(&documents(19)).len(), found(&documents(20)).len()), (1, 0));
    let statements = |of_metadata: usize| -> Vec<Document> {
        let provenance = crowd(DocumentKind::Prov, 0, 20);
        let run_manifests = crowd(DocumentKind::RunManifest, 20, 20);
        let metadata = crowd(DocumentKind::Stac, 40, of_metadata).chain([far(DocumentKind::Stac)]);
        provenance.chain(run_manifests).chain(metadata).collect()
    };
    assert_eq!((found(&statements(9)).len(), found(&statements(10)).len()), (1, 0));
    // Only whoever signs can make the list of the others long.
    let all: Vec<Document> = statements(19).into_iter().map(signed).collect();
    assert_eq!(found(&all).len(), 1);
}
