//! The names that wire names become.

use super::*;

#[test]
fn parts_have_names_of_their_own() {
    let table = [
        ("", &[][..], "_other"),
        ("2015", &[], "_2015"),
        ("mod", &[], "mod_"),
        ("aux", &[], "aux_"),
        ("com1", &[], "com1_"),
        ("a", &["a", "a_"], "a__"),
        ("other", &["other"], "other_"),
    ];
    for (letters, taken, name) in table {
        assert_eq!(Ident::of_part(letters, taken).to_string(), name, "{letters:?}");
    }
}

#[test]
fn wire_names_become_rust_names() {
    let table = [
        // wire, type, snake
        ("isExpired", "IsExpired", "is_expired"),
        ("type", "Type", "r#type"),
        ("gen", "Gen", "r#gen"),
        ("self", "Self_", "self_"),
        ("crate", "Crate", "crate_"),
        ("AccessTypeAllocation", "AccessTypeAllocation", "access_type_allocation"),
        ("X-Qlik-Xrfkey", "XQlikXrfkey", "x_qlik_xrfkey"),
        ("License Audit", "LicenseAudit", "license_audit"),
        ("HTTPServer", "HttpServer", "http_server"),
        ("OAuth2", "OAuth2", "oauth2"),
        ("myOAuthToken", "MyOAuthToken", "my_oauth_token"),
        ("OpenAPI", "OpenApi", "openapi"),
        ("OAuthorized", "OAuthorized", "o_authorized"),
        ("userIDs", "UserIds", "user_ids"),
        ("IDs", "Ids", "ids"),
        ("IPv4Address", "Ipv4Address", "ipv4_address"),
        ("TLSv1.2", "TlsV12", "tls_v1_2"),
        ("mTLS", "Mtls", "mtls"),
        ("useMTLS", "UseMtls", "use_mtls"),
        ("DNSServer", "DnsServer", "dns_server"),
        ("USState", "UsState", "us_state"),
        ("2fa", "N2fa", "_2fa"),
        ("1", "N1", "n1"),
        ("+1", "Plus1", "plus_1"),
        ("-1", "Minus1", "minus_1"),
        ("a-1", "A1", "a_1"),
        ("*", "Star", "star"),
        ("<=", "LessEquals", "less_equals"),
        ("", "Empty", "empty"),
        ("_", "Underscore", "underscore"),
        ("\u{202e}", "Unnamed", "unnamed"),
        ("größe", "Größe", "größe"),
        ("名", "U540d", "u540d"),
        ("a*/b\"#\n../x", "ABX", "a_b_x"),
        ("r#type", "RType", "r_type"),
    ];
    for (wire, as_type, as_snake) in table {
        assert_eq!(ident(wire, Case::Type).to_string(), as_type, "{wire:?} as a type");
        assert_eq!(ident(wire, Case::Snake).to_string(), as_snake, "{wire:?} in snake case");
    }
}

#[test]
fn wire_names_become_options() {
    for (wire, option) in [
        ("OAuth2", "oauth2"),
        ("userIDs", "user-ids"),
        ("ipv6_CIDR", "ipv6-cidr"),
        ("X-Trace-ID", "x-trace-id"),
        ("GitHubURLs", "github-urls"),
        ("名", "名"),
        ("$", ""),
    ] {
        assert_eq!(kebab(wire), option, "{wire}");
    }
}

#[test]
fn every_name_is_one_that_rust_reads() {
    let mut wires: Vec<String> = (0..0x3000).filter_map(char::from_u32).map(String::from).collect();
    wires.extend(KEYWORDS.iter().map(ToString::to_string));
    wires.push("x".repeat(100_000));
    wires.push("é".repeat(100_000));
    for wire in &wires {
        for case in [Case::Type, Case::Snake, Case::Static] {
            let name = ident(wire, case);
            assert!(syn::parse_str::<syn::Ident>(&name.to_string()).is_ok(), "{wire:?} became {name}");
            assert!(name.as_str().len() <= LONGEST + 1);
        }
    }
}

#[test]
fn a_name_that_is_cut_ends_in_no_separator() {
    let wire = format!("{}_b", "a".repeat(LONGEST - 1));
    assert_eq!(ident(&wire, Case::Snake).as_str(), "a".repeat(LONGEST - 1));
}

#[test]
fn signs_are_spelled_out() {
    for (wire, spelled) in [
        ("-name", Some("NameDesc")),
        ("+name", Some("NameAsc")),
        ("name", None),
        ("first-name", None),
        ("A+", Some("APlus")),
        ("A-", Some("AMinus")),
        ("!x", Some("NotX")),
        ("C#", Some("CHash")),
        ("C++", Some("CPlusPlus")),
    ] {
        let given = with_signs(wire).map(|name| ident(&name, Case::Type).to_string());
        assert_eq!(given.as_deref(), spelled, "{wire}");
    }
}

#[test]
fn names_that_meet_are_told_apart_in_order() {
    let mut scope = Scope::new(Case::Snake, &["send"]);
    assert_eq!(scope.claim("getFoo", 1).0.as_str(), "get_foo");
    let (second, collision) = scope.claim("get_foo", 2);
    let collision = collision.expect("they meet");
    assert_eq!((second.as_str(), collision.first, collision.wanted.as_str()), ("get_foo_2", Some(1), "get_foo"));
    assert_eq!(scope.claim("get_foo_2", 3).0.as_str(), "get_foo_2_2");
    let (_, collision) = scope.claim("send", 4);
    assert_eq!(collision.expect("it is reserved").first, None);
}
