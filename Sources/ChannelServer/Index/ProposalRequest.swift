// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import SigningKeys
internal import TUF
internal import TrustCore

/// What somebody wants the offline keys of a hosted channel to sign.
///
/// For a channel without a root: `authorities` (public keys, PEM) and their `threshold`, perhaps
/// `targets_keys` and `targets_threshold`. For one that has a root: `renew`, of `root` and `targets`, and
/// `replace_online_key`, by the newest that the server has. For both: `subdirs`, by default all that have an
/// index; `root_seconds` and `targets_seconds` to live, a year by default. The online key is always the server's own.
///
/// It is a convenience: whoever signs sees what the proposal says, and a proposal that was made elsewhere is
/// as good.
struct ProposalRequest: Sendable {
    /// The longest request.
    static let maximumLength = 1 << 20
    private static let year: Int64 = 365 * 86_400
    private static let subject = "the request"

    private let fields: JSONFields

    /// Reads a request; nothing at all is one with nothing said.
    init(parsing bytes: [UInt8]) throws {
        let value = bytes.isEmpty ? .object(JSONObject()) : try JSONReader.read(bytes, of: Self.subject)
        fields = try JSONFields(value, of: Self.subject)
    }

    /// The proposal.
    ///
    /// - Throws: a `json.…`, `key.…`, `name.…` or `ceremony.…` code.
    func proposal(_ intake: CeremonyIntake) async throws -> CeremonyProposal {
        var report = try await SigningReport(of: intake.indexer)
        if report.verdict == .unsigned, report.onlineKeys.isEmpty {
            // Nobody has indexed the new channel yet.
            try intake.keys.make(for: intake.channel.name)
            report = try await SigningReport(of: intake.indexer)
        }
        let now = intake.parts.now()
        let subdirs = try subdirs(or: report.subdirs.map(\.subdir))
        guard report.verdict == .unsigned else {
            let expires = try expires(now)
            var draft = try await intake.draft()
            let signed = Set(report.subdirs.filter(\.isSigned).map(\.subdir))
            for subdir in Set(subdirs).subtracting(signed).sorted() {
                try draft.delegate(ChannelProposal.scope(of: subdir), to: ChannelProposal.role(of: subdir))
            }
            if try fields.optionalBool("replace_online_key") ?? false {
                try Self.replaceOnlineKeys(in: &draft, report)
            }
            var options = CeremonyDraft.Options(rootExpires: expires.root, targetsExpires: expires.targets)
            options.renewing = Set(
                try (fields.optionalStrings("renew") ?? []).map { text in
                    guard let kind = MetadataKind(rawValue: text), [.root, .targets].contains(kind) else {
                        throw fields.wrong("renew", "`root` or `targets`", found: text)
                    }
                    return kind
                }
            )
            return try draft.proposal(options: options, now: now)
        }
        return try firstProposal(onlineKeys: report.onlineKeys.map(\.key), subdirs: subdirs, now: now)
    }

    /// The subdirs that the request names, or those that are given.
    func subdirs(or others: [Subdir]) throws -> [Subdir] {
        try fields.optionalStrings("subdirs").map { try $0.map { try Subdir($0) } } ?? others
    }

    private func expires(_ now: Timestamp) throws -> (root: Timestamp, targets: Timestamp) {
        (
            now.advanced(bySeconds: try seconds("root_seconds")),
            now.advanced(bySeconds: try seconds("targets_seconds"))
        )
    }

    /// The proposal of a first root and targets.
    ///
    /// - Throws: as ``proposal(_:)``.
    func firstProposal(onlineKeys: [PublicKey], subdirs: [Subdir], now: Timestamp) throws -> CeremonyProposal
    {
        let expires = try expires(now)
        let authorities = try keys("authorities")
        let targets = try keys("targets_keys")
        let threshold = Int(clamping: try fields.integer("threshold"))
        let targetsThreshold = try fields.optionalInteger("targets_threshold").map { Int(clamping: $0) }
        return try CeremonyProposal.first(
            CeremonyProposal.FirstRoles(
                authorities: RoleSetup(authorities, threshold: threshold),
                targetsKeys: targets,
                targetsThreshold: targetsThreshold,
                online: RoleSetup(onlineKeys),
                delegations: try ChannelProposal.delegations(to: subdirs)
            ),
            rootExpires: expires.root,
            targetsExpires: expires.targets,
            now: now
        )
    }

    /// Puts the newest key, which nothing names yet, in the place of each that is in force.
    private static func replaceOnlineKeys(in draft: inout CeremonyDraft, _ report: SigningReport) throws {
        let old = report.onlineKeys.filter(\.isInForce)
        guard let new = report.onlineKeys.last, !new.isInForce, let first = old.first else {
            throw Refusal(
                IndexCode.onlineKeys,
                "the online keys",
                expected: "a new one, which the server makes when it is asked to",
                found: "none that is not in force"
            )
        }
        try draft.replace(.key(first.key), by: new.key, named: nil)
        for other in old.dropFirst() { try draft.remove(.key(other.key), from: .online) }
    }

    private func keys(_ member: String) throws -> [PublicKey] {
        try (fields.optionalStrings(member) ?? []).map { try PublicKey(pem: $0) }
    }

    private func seconds(_ member: String) throws -> Int64 {
        let seconds = try fields.optionalInteger(member) ?? Self.year
        guard (1...100 * Self.year).contains(seconds) else {
            throw fields.wrong(member, "1 to \(100 * Self.year)", found: "\(seconds)")
        }
        return seconds
    }
}
