// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a proposal, or a step of a chain, says: in words, for those who sign it and those who watch.
///
/// Everything that changes is named, fields that this program does not know too.
public struct TrustWords: Sendable {
    /// What becomes of each role.
    public private(set) var roles: [TrustRoleChange] = []
    /// The words, line by line; lines that belong to one above begin with blanks.
    public private(set) var lines: [String] = []
    private let now: Timestamp

    /// Describes what is proposed.
    public init(_ proposal: TrustProposal, now: Timestamp) {
        self.now = now
        describe(proposal.root, after: proposal.chain?.root.document)
        describe(proposal.keyManager, after: proposal.keyManagerInForce?.document)
        if let first = proposal.chain?.links.first {
            say("begins with root version \(first.version), sha256 \(first.digest.hex)")
        }
    }

    /// Describes a step of a chain of roots, or its beginning.
    public init(_ root: VerifiedRoot, after before: VerifiedRoot?, now: Timestamp) {
        self.now = now
        describe(try? TrustEnvelope(parsing: root.bytes, as: .root), after: before?.document)
    }

    private mutating func say(_ line: String) { lines.append(line) }

    private mutating func describe(_ envelope: TrustEnvelope?, after before: VerifiedDocument?) {
        guard let envelope else { return }
        let new = envelope.metadata, old = before?.metadata
        let order =
            old == nil
            ? "the first version" : "the version after \(old?.version.map { "\($0)" } ?? "one by date")"
        say("\(new.role.rawValue) version \(new.version ?? 0), \(order)")
        say("  made on \(new.timestamp.map { "\($0)" } ?? "a day that it does not name")")
        say("  good until \(new.expiration), \(now.words(until: new.expiration))")
        for role in new.role.delegates {
            guard let delegation = new.delegations[role] else { continue }
            let change = TrustRoleChange(role, from: old?.delegations[role], to: delegation)
            roles.append(change)
            change.lines(new.form(of:)).forEach { say("  " + $0) }
            for key in change.kept where old.map({ $0.form(of: key) != new.form(of: key) }) ?? false {
                say(
                    "    signs another form of records from now on, \(new.form(of: key).rawValue)'s: \(key.short)"
                )
            }
        }
        sayOthers(envelope, before)
        say("  sha256 of what is signed: \(Digest.of(envelope.signedBytes).hex)")
    }

    private mutating func sayOthers(_ new: TrustEnvelope, _ before: VerifiedDocument?) {
        let role = new.metadata.role
        let old = before.flatMap { try? TrustEnvelope(parsing: $0.bytes, as: role) }?.signed
        let known = Set(TrustMetadata.memberNames.map { ByteKey($0) })
        let names = Set((new.signed.keys + (old?.keys ?? [])).map { ByteKey($0) }).subtracting(known)
        for name in names.sorted() where old?[name.text] != new.signed[name.text] {
            say("  a field that this program does not know changes in \(role.rawValue): `\(name.text)`")
        }
    }
}
