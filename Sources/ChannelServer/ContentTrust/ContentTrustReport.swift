// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import ContentTrust
public import TrustCore

/// What a check of content trust found.
public struct ContentTrustReport: Sendable {
    /// The version of the newest root that was taken; nil if the client took none.
    public internal(set) var rootVersion: Int64?
    /// The first of what runs out; nil for clients.
    public internal(set) var expires: Timestamp?
    /// How many keys sign records in full, and how many must; nil for clients.
    public internal(set) var keys: (count: Int, threshold: Int)?
    /// Why a client left a newer root aside.
    public internal(set) var rootMessage: String?
    /// The subdirs, in order.
    public internal(set) var subdirs: [ContentTrustSubdir] = []

    /// How many records there are.
    public var recordCount: Int { subdirs.reduce(0) { $0 + $1.recordCount } }
    /// How many of them are as they should be.
    public var goodCount: Int { subdirs.reduce(0) { $0 + $1.goodCount } }
    /// How many findings there are, those that were not kept included.
    public var findingCount: Int { subdirs.reduce(0) { $0 + $1.findingCount } }
    /// The worst of what was found: bad evidence before stale and missing one; nil if all is good.
    public var worst: RefusalKind? {
        let kinds = Set(subdirs.flatMap(\.kinds))
        return [.invalid, .policy, .stale, .missing].first { kinds.contains($0) }
    }
}

/// What a check of content trust found in one subdir.
public struct ContentTrustSubdir: Sendable {
    /// The subdir.
    public let subdir: Subdir
    /// How many records `repodata.json` has.
    public internal(set) var recordCount = 0
    /// How many of them are as they should be.
    public internal(set) var goodCount = 0
    /// Other index files that were compared with it.
    public internal(set) var compared: [String] = []
    /// How many findings there are of each code, or of each outcome of a client.
    public internal(set) var counts: [String: Int] = [:]
    /// The first findings, in the order of the index.
    public internal(set) var findings: [ContentTrustFinding] = []
    /// The sorts of findings.
    public internal(set) var kinds: Set<RefusalKind> = []

    /// How many findings there are.
    public var findingCount: Int { counts.values.reduce(0, +) }

    init(_ subdir: Subdir) { self.subdir = subdir }

    mutating func add(_ finding: ContentTrustFinding, keeping limit: Int) {
        counts[finding.code, default: 0] += 1
        kinds.insert(finding.kind)
        if findings.count < limit { findings.append(finding) }
    }
}

/// One record that is not as it should be.
public struct ContentTrustFinding: Sendable {
    /// The file name under which it is listed.
    public let fileName: String
    /// What is wrong.
    public let fault: Fault

    /// What is wrong with a record.
    public enum Fault: Sendable {
        /// We refuse it.
        case refused(Refusal)
        /// A released client does not call it trusted.
        case client(ClientVerdict)
    }

    /// The code of the refusal, or the client's outcome.
    public var code: String {
        switch fault {
        case .refused(let refusal): refusal.codeName
        case .client(let verdict): verdict.outcome.rawValue
        }
    }

    /// Which sort of fault it is; decides the exit status.
    public var kind: RefusalKind {
        switch fault {
        case .refused(let refusal): refusal.code.entry.kind
        case .client(let verdict): verdict.kind ?? .invalid
        }
    }
}
