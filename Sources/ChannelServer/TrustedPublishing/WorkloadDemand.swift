// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore
public import TrustPolicy

/// What a job must be to publish: the half of a trusted publisher that is about the other side.
///
/// Numbers decide, for a name can be given up and taken by somebody else; names are compared too, so that a repository
/// that was renamed or handed on has to be named anew.
public struct WorkloadDemand: Sendable, Equatable {
    /// The issuer's address.
    public var issuer: String
    /// The repository, with its owner.
    public var repository: String?
    /// The repository's number.
    public var repositoryID: String?
    /// The owner's number.
    public var ownerID: String?
    /// The path of the workflow's file in the repository.
    public var workflow: String?
    /// The deployment environment; nil for any, and for none.
    public var environment: String?
    /// The branches or tags; nil for any.
    public var ref: RefPattern?
    /// Whom tokens are about, where the issuer has no better; nil for any.
    public var subject: String?
    /// Whether jobs for pull requests may publish.
    public var allowsPullRequests: Bool

    /// Makes a demand, of which ``check(by:)`` says whether it demands enough.
    public init(
        issuer: String,
        repository: String? = nil,
        repositoryID: String? = nil,
        ownerID: String? = nil,
        workflow: String? = nil,
        environment: String? = nil,
        ref: RefPattern? = nil,
        subject: String? = nil,
        allowsPullRequests: Bool = false
    ) {
        self.issuer = issuer
        self.repository = repository
        self.repositoryID = repositoryID
        self.ownerID = ownerID
        self.workflow = workflow
        self.environment = environment
        self.ref = ref
        self.subject = subject
        self.allowsPullRequests = allowsPullRequests
    }

    /// What rows of the database are found by: what is most particular, and never changes.
    var anchor: String { repositoryID.map { "repository:" + $0 } ?? "subject:" + (subject ?? "") }

    /// Equal if all of it is, to the byte.
    public static func == (a: WorkloadDemand, b: WorkloadDemand) -> Bool { a.json == b.json }
}

// MARK: - Matching

extension WorkloadDemand {
    /// Why a job does not fit; nil if it does. The first of its reasons, so that nobody learns of the rest whose repository
    /// is another one.
    public func mismatch(_ job: Workload) -> OIDCCode? {
        guard ByteKey.areEqual(issuer, job.issuer), Self.fits(repositoryID, job.repositoryID),
            Self.fits(ownerID, job.ownerID), Self.fits(repository, job.repository, Self.isSameName),
            Self.fits(subject, job.subject)
        else { return .noPublisher }
        guard Self.fits(workflow, job.workflow) else { return .workflow }
        guard ref.map({ pattern in job.ref.map { pattern.matches($0) } ?? false }) ?? true else {
            return .ref
        }
        guard Self.fits(environment, job.environment, Self.isSameName) else { return .environment }
        return job.isForPullRequest && !allowsPullRequests ? .event : nil
    }

    /// What is demanded and not there is no match.
    private static func fits(
        _ demanded: String?,
        _ found: String?,
        _ areSame: (String, String) -> Bool = ByteKey.areEqual
    ) -> Bool {
        guard let demanded else { return true }
        return found.map { areSame(demanded, $0) } ?? false
    }

    /// Names of repositories and environments on build services differ by more than the case of ASCII letters.
    private static func isSameName(_ a: String, _ b: String) -> Bool {
        func fold(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
        return a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { fold($0) == fold($1) }
    }
}

// MARK: - Whether it is enough

extension WorkloadDemand {
    /// The longest text in it, in bytes.
    static let maximumLength = 512

    /// The demand with the usual folder before a workflow of GitHub's, if it is enough for an issuer.
    ///
    /// - Throws: `oidc.publisher-form`.
    public func check(by issuers: TokenIssuers) throws -> WorkloadDemand {
        guard let issuer = issuers.issuer(issuer) else {
            throw Self.wrong(
                "issuer",
                "one of the server's: \(issuers.issuers.map(\.url).joined(separator: ", "))"
            )
        }
        for (name, text) in texts {
            guard let text else { continue }
            guard (1...Self.maximumLength).contains(text.utf8.count),
                text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
            else { throw Self.wrong(name, "1 to \(Self.maximumLength) bytes of text") }
        }
        var demand = self
        switch issuer.kind {
        case .github:
            let folder = ".github/workflows/"
            if let workflow, !workflow.utf8.contains(UInt8(ascii: "/")) {
                demand.workflow = folder + workflow
            }
            try demand.checkRepository(nests: false)
            let file = (demand.workflow ?? "").utf8
            let hasName = file.starts(with: folder.utf8) && file.count > folder.utf8.count
            guard hasName, !file.dropFirst(folder.utf8.count).contains(UInt8(ascii: "/")) else {
                throw Self.wrong("workflow", "a file in `\(folder)`")
            }
        case .gitlab:
            try demand.checkRepository(nests: true)
            guard let file = workflow, file.utf8.first != UInt8(ascii: "/") else {
                throw Self.wrong("workflow", "the path of the file, usually `.gitlab-ci.yml`")
            }
        case .mapped(let names): try demand.check(names)
        }
        return demand
    }

    private func checkRepository(nests: Bool) throws {
        let parts = (repository ?? "").utf8.split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        )
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { TrustedPublisher.isWordByte($0) }
        }
        guard isPlain, nests ? parts.count >= 2 : parts.count == 2 else {
            throw Self.wrong("repository", nests ? "`group/project`" : "`owner/name`")
        }
        for (name, number) in [("repository_id", repositoryID), ("owner_id", ownerID)] {
            guard let number, TrustedPublisher.isNumber(number) else {
                throw Self.wrong(name, "the number that the build service gave to it, in digits")
            }
        }
        guard subject == nil else { throw Self.wrong("subject", "nothing: the repository is better") }
    }

    /// Something that only one job or repository has, and nothing that the issuer does not say.
    private func check(_ names: [WorkloadClaim: String]) throws {
        guard subject != nil || repositoryID != nil else {
            throw Self.wrong("subject", "the subject of tokens, or the repository's number")
        }
        let said = texts + [("ref", ref?.description)]
        for claim in WorkloadClaim.allCases where names[claim] == nil {
            guard !said.contains(where: { $0.0 == claim.rawValue && $0.1 != nil }) else {
                throw Self.wrong(claim.rawValue, "nothing: `\(TokenIssuers.fileName)` names no claim for it")
            }
        }
        guard !allowsPullRequests else {
            throw Self.wrong("allow_pull_requests", "nothing: the issuer does not tell")
        }
    }

    private var texts: [(String, String?)] {
        [
            ("repository", repository), ("repository_id", repositoryID), ("owner_id", ownerID),
            ("workflow", workflow), ("environment", environment), ("subject", subject),
        ]
    }

    static func wrong(_ name: String, _ expected: String) -> Refusal {
        Refusal(OIDCCode.publisherForm, "the trusted publisher", at: "`\(name)`", expected: expected)
    }
}

// MARK: - JSON

extension WorkloadDemand {
    /// The names that members of the JSON form have.
    static let memberNames = [
        "issuer", "repository", "repository_id", "owner_id", "workflow", "environment", "ref", "subject",
        "allow_pull_requests",
    ]

    /// As interfaces and the log have it.
    public var json: JSONObject {
        var object = JSONObject()
        object["issuer"] = .string(issuer)
        for (name, text) in texts { object[name] = text.map { .string($0) } }
        object["ref"] = ref.map { .string($0.description) }
        if allowsPullRequests { object["allow_pull_requests"] = true }
        return object
    }

    /// Reads the JSON form.
    ///
    /// - Throws: `json.shape`, `oidc.publisher-form`.
    init(_ fields: JSONFields) throws {
        self.init(
            issuer: try fields.string("issuer"),
            repository: try fields.optionalString("repository"),
            repositoryID: try fields.optionalString("repository_id"),
            ownerID: try fields.optionalString("owner_id"),
            workflow: try fields.optionalString("workflow"),
            environment: try fields.optionalString("environment"),
            ref: try fields.optionalString("ref").map { text in
                guard let ref = RefPattern(text) else { throw Self.wrong("ref", Self.refForm) }
                return ref
            },
            subject: try fields.optionalString("subject"),
            allowsPullRequests: try fields.optionalBool("allow_pull_requests") ?? false
        )
    }

    /// How refs are written.
    public static let refForm = "`refs/heads/main`, `refs/tags/*` or `refs/tags/`"
}
