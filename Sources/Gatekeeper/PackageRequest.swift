// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustPolicy

/// A package that somebody wants, and what a lock file demands of it.
public struct PackageRequest: Sendable, Hashable {
    /// Where it is wanted from: the channel's canonical URL or a mirror's.
    public let url: PackageURL
    /// What a lock file demands, if one named the package.
    public let lock: LockDemand?

    /// Makes a request.
    public init(_ url: PackageURL, lock: LockDemand? = nil) {
        self.url = url
        self.lock = lock
    }

    /// Equal if URL and demands are.
    public static func == (a: PackageRequest, b: PackageRequest) -> Bool {
        a.url == b.url && a.lock == b.lock
    }

    /// Hashes the URL.
    public func hash(into hasher: inout Hasher) { hasher.combine(url) }
}

/// What became of a request: a value either way, for "not allowed" is a result.
public enum Admission: Sendable {
    /// It may be used.
    case admitted(AdmittedPackage)
    /// The policy does not allow it; the findings say why.
    case refused(Verdict)

    /// The findings.
    public var verdict: Verdict {
        switch self {
        case .admitted(let package): package.verdict
        case .refused(let verdict): verdict
        }
    }
}
