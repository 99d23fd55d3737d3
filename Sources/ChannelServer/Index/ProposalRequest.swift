// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import SigningKeys
internal import TUF
internal import TrustCore

/// What somebody wants the offline keys of a hosted channel to sign.
///
/// For a channel without a root: `authorities` (public keys, PEM) and their `threshold`, perhaps
/// `targets_keys` and `targets_threshold`. For one that has a root: `renew`, of `root` and `targets`. For
/// both: `subdirs`, by default all that have an index; `root_days` and `targets_days`, 365 by default. The
/// online key is always the server's own.
///
/// It is a convenience: whoever signs sees what the proposal says, and a proposal that was made elsewhere is
/// as good.
struct ProposalRequest: Sendable {
    /// The longest request.
    static let maximumLength = 1 << 20
    private static let maximumDays: Int64 = 36_500
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
        let report = try await SigningReport(of: intake.indexer)
        let now = intake.parts.now()
        let expires = (
            root: now.advanced(byDays: try days("root_days")),
            targets: now.advanced(byDays: try days("targets_days"))
        )
        let named = try fields.optionalStrings("subdirs").map { try $0.map { try Subdir($0) } }
        let subdirs = named ?? report.subdirs.map(\.subdir)
        guard report.verdict == .unsigned else {
            var draft = try await intake.draft()
            let signed = Set(report.subdirs.filter(\.isSigned).map(\.subdir))
            for subdir in Set(subdirs).subtracting(signed).sorted() {
                try draft.delegate(ChannelProposal.scope(of: subdir), to: ChannelProposal.role(of: subdir))
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
        let authorities = try keys("authorities")
        let targets = try keys("targets_keys")
        let threshold = Int(clamping: try fields.integer("threshold"))
        let targetsThreshold = try fields.optionalInteger("targets_threshold").map { Int(clamping: $0) }
        return try CeremonyProposal.first(
            CeremonyProposal.FirstRoles(
                root: RoleSetup(authorities, threshold: threshold),
                targets: RoleSetup(
                    targets.isEmpty ? authorities : targets,
                    threshold: targetsThreshold ?? (targets.isEmpty ? threshold : 1)
                ),
                online: RoleSetup(report.onlineKeys),
                delegations: try ChannelProposal.delegations(to: subdirs)
            ),
            rootExpires: expires.root,
            targetsExpires: expires.targets,
            now: now
        )
    }

    private func keys(_ member: String) throws -> [PublicKey] {
        try (fields.optionalStrings(member) ?? []).map { try PublicKey(pem: $0) }
    }

    private func days(_ member: String) throws -> Int {
        let days = try fields.optionalInteger(member) ?? 365
        guard (1...Self.maximumDays).contains(days) else {
            throw fields.wrong(member, "1 to \(Self.maximumDays)", found: "\(days)")
        }
        return Int(clamping: days)
    }
}
