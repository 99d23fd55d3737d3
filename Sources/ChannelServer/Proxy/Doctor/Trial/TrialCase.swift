// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What `kingsnake doctor` has a proxy offer to a client.
public enum TrialCase: String, Sendable, CaseIterable {
    /// A package that is as it should be: if it were refused, no refusal would prove anything.
    case good
    /// A package with other bytes than the channel signed.
    case badPackage = "bad-package"
    /// An index of before, which offers a package that was withdrawn since.
    case rolledBack = "rolled-back"
    /// A package whose publisher must attest to it, and whose attestations were taken away.
    case stripped

    /// The code by which it must be refused; nil for what must be passed on.
    public var expected: String? {
        switch self {
        case .good: nil
        case .badPackage: "digest.mismatch"
        case .rolledBack: "tuf.rollback"
        case .stripped: "attested.stripped"
        }
    }

    /// What it is, for people.
    public var words: String {
        switch self {
        case .good: "a good package"
        case .badPackage: "a package with other bytes than were signed"
        case .rolledBack: "a withdrawn package that a rolled-back index offered"
        case .stripped: "a package whose attestations were taken away"
        }
    }
}
