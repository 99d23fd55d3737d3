// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A stable, public name for one reason to refuse, such as `tuf.rollback`.
///
/// Codes are contract: tests, `--json`, problem responses, `docs/refusals.md` and `kingsnake explain CODE`
/// all go by the raw value, so a published raw value never changes its meaning.
/// An area's codes are one enum; each case needs one entry here and one negative test that provokes exactly
/// it.
public protocol RefusalCode: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == String {
    /// What the code means to people.
    var entry: RefusalEntry { get }
    /// Whether a server whose answer led to the refusal is to blame, so that another one may do better. False
    /// where every honest server would cause the same.
    var accusesServer: Bool { get }
}

extension RefusalCode {
    /// True unless the code says otherwise; a policy accuses nobody.
    public var accusesServer: Bool { entry.kind != .policy }
}

/// What a refusal code means, in words: the source of `docs/refusals.md` and of `kingsnake explain`.
public struct RefusalEntry: Sendable {
    /// Which of the four sorts of refusal it is; decides the exit status.
    public let kind: RefusalKind
    /// One line, lower case, no full stop: what is wrong. Shown as `why`.
    public let summary: String
    /// Why it matters: the attack or the defect that the rule stops. Whole sentences.
    public let explanation: String
    /// One imperative sentence: what the reader can do. Never advice to switch verification off.
    public let remedy: String

    /// Makes an entry.
    public init(_ kind: RefusalKind, _ summary: String, explanation: String, remedy: String) {
        self.kind = kind
        self.summary = summary
        self.explanation = explanation
        self.remedy = remedy
    }
}

/// The sorts of refusal, which a caller tells apart by exit status.
public enum RefusalKind: String, Sendable, CaseIterable {
    /// The evidence is good, and the policy does not allow it.
    case policy
    /// The evidence is bad: altered, forged, malformed. Tampering is suspected.
    case invalid
    /// Evidence that is required is not there.
    case missing
    /// Trust data is expired or older than what is already trusted.
    case stale

    /// The process exit status for this sort of refusal.
    public var exitStatus: Int32 {
        switch self {
        case .policy: 1
        case .invalid: 3
        case .missing: 4
        case .stale: 5
        }
    }
}
