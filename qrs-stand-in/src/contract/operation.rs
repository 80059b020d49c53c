//! The 21 operations of the licences document.

use http::Method;

/// An operation of `spec/licenses.yaml`, named by its `operationId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `GET /license`
    GetLicense,
    /// `POST /license`
    SetLicense,
    /// `GET /license/download`
    DownloadLef,
    /// `GET /license/accesstypeinfo`
    GetAccessTypeInfo,
    /// `GET /license/accesstypeoverview`
    GetAccessTypeOverview,
    /// `GET /license/professionalaccesstype`
    GetProfessionalAccessTypes,
    /// `POST /license/professionalaccesstype`
    CreateProfessionalAccessType,
    /// `GET /license/professionalaccesstype/{id}`
    GetProfessionalAccessType,
    /// `DELETE /license/professionalaccesstype/{id}`
    DeleteProfessionalAccessType,
    /// `GET /license/analyzeraccesstype`
    GetAnalyzerAccessTypes,
    /// `POST /license/analyzeraccesstype`
    CreateAnalyzerAccessType,
    /// `GET /license/analyzeraccesstype/{id}`
    GetAnalyzerAccessType,
    /// `DELETE /license/analyzeraccesstype/{id}`
    DeleteAnalyzerAccessType,
    /// `GET /license/loginaccesstype`
    GetLoginAccessTypes,
    /// `GET /license/useraccesstype`
    GetUserAccessTypes,
    /// `POST /license/useraccesstype`
    CreateUserAccessType,
    /// `DELETE /license/useraccesstype/{id}`
    DeleteUserAccessType,
    /// `GET /licenserule`
    GetLicenseRules,
    /// `GET /licenserule/full`
    GetLicenseRulesFull,
    /// `GET /licenserule/{id}`
    GetLicenseRule,
    /// `POST /licenserule/audit`
    AuditLicenseRules,
}

impl Operation {
    /// Every operation, by path.
    pub const ALL: [Self; 21] = [
        Self::GetLicense,
        Self::SetLicense,
        Self::DownloadLef,
        Self::GetAccessTypeInfo,
        Self::GetAccessTypeOverview,
        Self::GetProfessionalAccessTypes,
        Self::CreateProfessionalAccessType,
        Self::GetProfessionalAccessType,
        Self::DeleteProfessionalAccessType,
        Self::GetAnalyzerAccessTypes,
        Self::CreateAnalyzerAccessType,
        Self::GetAnalyzerAccessType,
        Self::DeleteAnalyzerAccessType,
        Self::GetLoginAccessTypes,
        Self::GetUserAccessTypes,
        Self::CreateUserAccessType,
        Self::DeleteUserAccessType,
        Self::GetLicenseRules,
        Self::GetLicenseRulesFull,
        Self::GetLicenseRule,
        Self::AuditLicenseRules,
    ];

    /// The document's `operationId`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.facts().0
    }

    /// The method it is called with.
    #[must_use]
    pub fn method(self) -> Method {
        self.facts().1
    }

    /// Its path below `/qrs`, with `{id}` where an identifier stands.
    #[must_use]
    pub fn template(self) -> &'static str {
        self.facts().2
    }

    /// Whether it lists the passes of a kind. A site lists them in full, too, and counts them.
    pub(crate) const fn lists_passes(self) -> bool {
        matches!(
            self,
            Self::GetProfessionalAccessTypes
                | Self::GetAnalyzerAccessTypes
                | Self::GetLoginAccessTypes
                | Self::GetUserAccessTypes
        )
    }

    /// Whether the document gives it a `filter`.
    #[must_use]
    pub const fn takes_filter(self) -> bool {
        matches!(
            self,
            Self::GetProfessionalAccessTypes
                | Self::GetAnalyzerAccessTypes
                | Self::GetLoginAccessTypes
                | Self::GetUserAccessTypes
                | Self::GetLicenseRules
                | Self::GetLicenseRulesFull
        )
    }

    fn facts(self) -> (&'static str, Method, &'static str) {
        const PROFESSIONAL: &str = "/license/professionalaccesstype";
        const PROFESSIONAL_ID: &str = "/license/professionalaccesstype/{id}";
        const ANALYZER: &str = "/license/analyzeraccesstype";
        const ANALYZER_ID: &str = "/license/analyzeraccesstype/{id}";
        const LOGIN: &str = "/license/loginaccesstype";
        const USER: &str = "/license/useraccesstype";
        const USER_ID: &str = "/license/useraccesstype/{id}";

        match self {
            Self::GetLicense => ("getLicense", Method::GET, "/license"),
            Self::SetLicense => ("setLicense", Method::POST, "/license"),
            Self::DownloadLef => ("downloadLef", Method::GET, "/license/download"),
            Self::GetAccessTypeInfo => ("getAccessTypeInfo", Method::GET, "/license/accesstypeinfo"),
            Self::GetAccessTypeOverview => ("getAccessTypeOverview", Method::GET, "/license/accesstypeoverview"),
            Self::GetProfessionalAccessTypes => ("getProfessionalAccessTypes", Method::GET, PROFESSIONAL),
            Self::CreateProfessionalAccessType => ("createProfessionalAccessType", Method::POST, PROFESSIONAL),
            Self::GetProfessionalAccessType => ("getProfessionalAccessType", Method::GET, PROFESSIONAL_ID),
            Self::DeleteProfessionalAccessType => ("deleteProfessionalAccessType", Method::DELETE, PROFESSIONAL_ID),
            Self::GetAnalyzerAccessTypes => ("getAnalyzerAccessTypes", Method::GET, ANALYZER),
            Self::CreateAnalyzerAccessType => ("createAnalyzerAccessType", Method::POST, ANALYZER),
            Self::GetAnalyzerAccessType => ("getAnalyzerAccessType", Method::GET, ANALYZER_ID),
            Self::DeleteAnalyzerAccessType => ("deleteAnalyzerAccessType", Method::DELETE, ANALYZER_ID),
            Self::GetLoginAccessTypes => ("getLoginAccessTypes", Method::GET, LOGIN),
            Self::GetUserAccessTypes => ("getUserAccessTypes", Method::GET, USER),
            Self::CreateUserAccessType => ("createUserAccessType", Method::POST, USER),
            Self::DeleteUserAccessType => ("deleteUserAccessType", Method::DELETE, USER_ID),
            Self::GetLicenseRules => ("getLicenseRules", Method::GET, "/licenserule"),
            Self::GetLicenseRulesFull => ("getLicenseRulesFull", Method::GET, "/licenserule/full"),
            Self::GetLicenseRule => ("getLicenseRule", Method::GET, "/licenserule/{id}"),
            Self::AuditLicenseRules => ("auditLicenseRules", Method::POST, "/licenserule/audit"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the transcription with the document's own lines: path at two spaces, method at four. A site does not have
    /// what a revision of the document adds, as a site of an older version does not.
    #[test]
    fn every_operation_is_in_the_document() {
        let document = include_str!("../../../spec/licenses.yaml");
        let (mut path, mut method) = ("", String::new());
        let mut found: Vec<(String, String, String, bool)> = Vec::new();
        for line in document.lines().take_while(|line| !line.starts_with("components:")) {
            if let Some(rest) = line.strip_prefix("  /") {
                path = line.trim().trim_end_matches(':');
                assert!(rest.ends_with(':'), "{line}");
            } else if line.starts_with("    ") && !line.starts_with("     ") && line.ends_with(':') && !path.is_empty()
            {
                method = line.trim().trim_end_matches(':').to_uppercase();
            } else if let Some(id) = line.strip_prefix("      operationId: ") {
                found.push((id.to_owned(), method.clone(), path.to_owned(), false));
            } else if line.contains("parameters/FilterParam")
                && let Some(operation) = found.last_mut()
            {
                operation.3 = true;
            }
        }
        for operation in Operation::ALL {
            let row = (
                operation.id().to_owned(),
                operation.method().to_string(),
                operation.template().to_owned(),
                operation.takes_filter(),
            );
            assert!(found.contains(&row), "{row:?} is not in the document");
        }
    }
}
