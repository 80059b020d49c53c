//! One call of each operation, for tests of what holds for all of them.

/// A call of each operation of the document, in its order, each wrapped by the macro `$sent`; on a site with the contents
/// of `seed` all of them succeed.
macro_rules! call_of_each {
    ($client:expr, $license:expr, $sent:ident) => {{
        let create =
            || types::AccessTypeAllocationCreate::new(types::AccessTypeAllocationCreateUser::new(seed::NEWCOMER));
        let calls = vec![
            (Operation::GetLicense, $sent!($client.get_license())),
            (Operation::SetLicense, $sent!($client.set_license($license))),
            (Operation::DownloadLef, $sent!($client.download_lef())),
            (Operation::GetAccessTypeInfo, $sent!($client.get_access_type_info())),
            (Operation::GetAccessTypeOverview, $sent!($client.get_access_type_overview())),
            (Operation::GetProfessionalAccessTypes, $sent!($client.get_professional_access_types())),
            (Operation::CreateProfessionalAccessType, $sent!($client.create_professional_access_type(create()))),
            (Operation::GetProfessionalAccessType, $sent!($client.get_professional_access_type(seed::PASS_OF_ADA))),
            (
                Operation::DeleteProfessionalAccessType,
                $sent!($client.delete_professional_access_type(seed::PASS_OF_ADA)),
            ),
            (Operation::GetAnalyzerAccessTypes, $sent!($client.get_analyzer_access_types())),
            (Operation::CreateAnalyzerAccessType, $sent!($client.create_analyzer_access_type(create()))),
            (Operation::GetAnalyzerAccessType, $sent!($client.get_analyzer_access_type(seed::PASS_OF_O_NEIL))),
            (Operation::DeleteAnalyzerAccessType, $sent!($client.delete_analyzer_access_type(seed::PASS_OF_O_NEIL))),
            (Operation::GetLoginAccessTypes, $sent!($client.get_login_access_types())),
            (Operation::GetUserAccessTypes, $sent!($client.get_user_access_types())),
            (Operation::CreateUserAccessType, $sent!($client.create_user_access_type(create()))),
            (Operation::DeleteUserAccessType, $sent!($client.delete_user_access_type(seed::USER_PASS_OF_ADA))),
            (Operation::GetLicenseRules, $sent!($client.get_license_rules())),
            (Operation::GetLicenseRulesFull, $sent!($client.get_license_rules_full())),
            (Operation::GetLicenseRule, $sent!($client.get_license_rule(seed::PROFESSIONAL_RULE))),
            (Operation::AuditLicenseRules, $sent!($client.audit_license_rules(types::LicenseAuditRequest::new()))),
        ];
        let called: Vec<Operation> = calls.iter().map(|(operation, _)| *operation).collect();
        assert_eq!(called, Operation::ALL);
        calls
    }};
}
