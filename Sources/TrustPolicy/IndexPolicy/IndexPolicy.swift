// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
public import TrustCore

/// What the user's policy says of files that an index lists: how long they wait, which are revoked, which names belong to
/// which channels.
///
/// The one place where this is decided: an index that is shown without what ``findings(on:now:)`` refuses, and the
/// admission of a package (``rules(now:)``), ask the same functions. It does no I/O and has no clock.
public struct IndexPolicy: Sendable, Equatable {
    /// A policy that says nothing.
    public static let empty = IndexPolicy()

    private let general: PolicyRules
    private let channels: [ByteKey: PolicyRules]
    private let pins: NamePins?
    private let revocations: RevocationTable
    /// Changes whenever any judgement may change, time aside: SHA-256 of what the policy file says, in canonical form. Its
    /// comments, and the order of its channels, do not count.
    public let fingerprint: Digest

    private init() {
        general = PolicyRules()
        channels = [:]
        pins = nil
        revocations = RevocationTable([])
        fingerprint = Digest.of([])
    }

    /// What a policy file says.
    public init(_ file: PolicyFile) {
        general = file.rules
        channels = Dictionary(
            file.channels.map { (ByteKey($0.url.identity), $0.rules) },
            uniquingKeysWith: { first, _ in first }
        )
        pins = file.pins
        revocations = RevocationTable(
            file.rules.revocations
                + file.channels.flatMap { channel in
                    channel.rules.revocations.map { revocation in
                        var revocation = revocation
                        revocation.channel = channel.url
                        return revocation
                    }
                }
        )
        let value = JSONValue.object(file.json)
        // The canonical form has no fractions, and neither has a policy.
        fingerprint = Digest.of((try? CanonicalJSON.encode(value)) ?? JSONWriter.encode(value))
    }

    /// Reads a policy file, and takes what it says of files.
    ///
    /// - Throws: a `Refusal` with a `policy-file.…` code and the line.
    public init(parsing bytes: [UInt8], of subject: String) throws {
        self.init(try PolicyFile(yaml: bytes, subject))
    }

    // MARK: - What it depends on

    /// Whether the same file may be judged differently at another moment.
    public var dependsOnTime: Bool { hasCooldown }

    /// Whether it matters when this machine first saw a file.
    public var needsFirstSeen: Bool { hasCooldown || revocations.revocations.contains { $0.window != nil } }

    private var hasCooldown: Bool {
        ([general] + channels.values).contains { $0.cooldown.map { !$0.isZero } ?? false }
    }

    // MARK: - Judging

    /// Why a file may not be listed: every objection, revocations first. Empty if it may.
    ///
    /// Link scripts, and revocations by publisher, show only at admission: an index does not have them.
    public func findings(on file: ListedFile, now: Timestamp) -> [Finding] {
        revocationObjections(to: file)
            + [pinObjection(to: file), cooldownObjection(to: file, now: now)].compactMap(\.self)
    }

    func revocationObjections(to file: ListedFile) -> [Finding] {
        revocations.fitting(file).filter { $0.publisher == nil }.map(RequireNotRevoked.objection)
    }

    /// The revocations of whoever published the file, if it was who they name.
    func publisherRevocations(on file: ListedFile) -> [Revocation] {
        revocations.fitting(file).filter { $0.publisher != nil }
    }

    func pinObjection(to file: ListedFile) -> Finding? { pins?.objection(to: file) }

    func cooldownObjection(to file: ListedFile, now: Timestamp) -> Finding? {
        cooldown(of: file)?.objection(to: file, now: now)
    }

    /// The cooldown that counts in the file's channel.
    func cooldown(of file: ListedFile) -> Cooldown? { cooldown(in: file.channel) }

    /// The cooldown that counts in a channel.
    func cooldown(in channel: String) -> Cooldown? {
        channels[ByteKey(channel)]?.cooldown ?? general.cooldown
    }

    /// All revocations, whatever they are about.
    var allRevocations: [Revocation] { revocations.revocations }

    /// What becomes of the file's package if it has link scripts.
    func linkScriptMode(of file: ListedFile) -> LinkScriptPolicy.Mode {
        let policy = channels[ByteKey(file.channel)]?.linkScripts ?? general.linkScripts
        return policy?.mode(for: file.packageName) ?? .allow
    }

    // MARK: - Admission

    /// The rules of admission that can be asked before a package is fetched; none that the policy says nothing for.
    public func rules(now: Timestamp) -> [any Rule] {
        var rules: [any Rule] = []
        if !revocations.revocations.isEmpty { rules.append(RequireNotRevoked(self)) }
        if pins != nil { rules.append(RequirePinnedChannel(self)) }
        if hasCooldown { rules.append(RequireCooldown(self, now: now)) }
        return rules
    }

    /// The rules that can be asked only once somebody has looked into the package.
    public var contentRules: [any Rule] {
        let isAsked = ([general] + channels.values).contains { ($0.linkScripts?.mode ?? .allow) != .allow }
        return isAsked ? [RequireLinkScripts(self)] : []
    }

    /// Whether it matters which link scripts the package has.
    public func asksForLinkScripts(of evidence: Evidence) -> Bool {
        linkScriptMode(of: evidence.listedFile) != .allow
    }

    /// Whether it matters who published the package, because somebody is revoked who may have.
    public func asksForPublisher(of evidence: Evidence) -> Bool {
        !publisherRevocations(on: evidence.listedFile).isEmpty
    }
}

extension Policy {
    /// The policy with further rules, which must hold as well. One without rules stays one: it refuses everything.
    public func adding(_ more: [any Rule]) -> Policy { rules.isEmpty ? self : Policy(rules + more) }
}
