// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// A test of a policy: facts about a package, and what the policy must make of them.
///
/// The facts are claimed, not verified: a fixture says what a verifier would have found.
public struct PolicyFixture: Sendable {
    /// What must come out.
    public enum Expectation: String, Sendable, CaseIterable {
        /// Every rule permits it, and none warns.
        case allowed
        /// It passes, with a warning.
        case warned
        /// Something stands in the way.
        case refused
    }

    /// What the case is about, in the writer's words.
    public let name: String
    /// Where it stands in its file.
    public let place: String
    /// The package's file name.
    public let package: ArchiveFileName
    /// The channel.
    public let channel: ChannelURL
    /// What must come out.
    public let expectation: Expectation
    /// The code that must be among the findings, as the only one; nil if nothing objects or warns.
    public let code: PolicyCode?
    /// The facts.
    let evidence: Evidence
    /// Who published the package before.
    let lock: PublisherLock
    /// When it is judged. If the case does not say, long ago: then nothing is old enough for any cooldown.
    let now: Timestamp

    /// Judges the facts by a policy file, with nothing signed by the channel's owner, or by what an owner
    /// signed.
    public func verdict(user: PolicyFile?, owner: PublisherPolicy? = nil) -> Verdict {
        var evidence = evidence
        evidence.publishers = PublisherDemands(
            on: package.name,
            of: channel,
            owner: owner,
            user: user,
            lock: lock
        )
        guard let user else { return Policy.publishing.verdict(on: evidence) }
        let rules = IndexPolicy(user)
        let policy = Policy.publishing.adding(rules.rules(now: now)).adding(rules.contentRules)
        return policy.verdict(on: evidence)
    }

    /// What a verdict is, in the words of an expectation, and the codes of what objects or warns.
    public static func outcome(of verdict: Verdict) -> (Expectation, [PolicyCode]) {
        let objections = verdict.objections.compactMap(\.code)
        let warnings = verdict.warnings.compactMap(\.code)
        if !verdict.isAllowed { return (.refused, objections + warnings) }
        return (warnings.isEmpty ? .allowed : .warned, warnings)
    }

    /// Whether a verdict is the expected one, for the expected reason and no other.
    public func isMet(by verdict: Verdict) -> Bool {
        let (outcome, codes) = Self.outcome(of: verdict)
        return outcome == expectation && codes == (code.map { [$0] } ?? [])
    }
}
