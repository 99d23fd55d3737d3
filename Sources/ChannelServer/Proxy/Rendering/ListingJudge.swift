// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore
public import TrustPolicy

/// Says which files an index may list.
///
/// For implementers: pure; the same file at the same moment always comes out the same.
public protocol ListingJudge: Sendable {
    /// Changes whenever any judgement may change, time aside.
    var fingerprint: Digest { get }
    /// Whether the moment may make a difference.
    var dependsOnTime: Bool { get }
    /// Whether it may make a difference when a file was first seen.
    var needsFirstSeen: Bool { get }

    /// What stands against listing a file; empty if it may be listed.
    func findings(on file: TrustPolicy.ListedFile, now: Timestamp) -> [Finding]

    /// Of which packages of a channel files may be hidden; nil where names alone do not tell, and every file has to be looked at.
    ///
    /// - Parameter channel: the channel's canonical address.
    func nameReach(into channel: String) -> NameReach?
}

extension ListingJudge {
    /// Every file has to be looked at.
    public func nameReach(into channel: String) -> NameReach? { nil }
}

/// Lets everything be listed that is well-formed.
public struct ListingOfEverything: ListingJudge {
    /// One for all.
    public let fingerprint = Digest.of(Array("nothing is hidden".utf8))
    /// Never.
    public let dependsOnTime = false
    /// Never.
    public let needsFirstSeen = false

    /// Makes it.
    public init() {}

    /// Nothing.
    public func findings(on file: TrustPolicy.ListedFile, now: Timestamp) -> [Finding] { [] }

    /// Of none.
    public func nameReach(into channel: String) -> NameReach? {
        IndexPolicy.empty.nameReach(into: channel)
    }
}
