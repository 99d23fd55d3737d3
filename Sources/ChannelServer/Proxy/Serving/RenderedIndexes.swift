// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import Gatekeeper
public import TrustCore
public import TrustPolicy

/// Shows clients indexes as an ``IndexRenderer`` makes them, without what the user's policy hides.
public struct RenderedIndexes: RenderedChannel {
    private let renderer: IndexRenderer
    private let policy: @Sendable () -> IndexPolicy

    /// - Parameters:
    ///   - renderer: makes the forms.
    ///   - policy: what is hidden; asked each time.
    public init(_ renderer: IndexRenderer, hiding policy: @escaping @Sendable () -> IndexPolicy) {
        self.renderer = renderer
        self.policy = policy
    }

    /// A whole file, made when it is asked for first.
    public func file(_ form: IndexForm, of subdir: UpstreamSubdir, in view: UpstreamView, now: Timestamp)
        async throws
        -> ProxyIndexFile?
    {
        try await rendered(subdir, view, now).file(form.rawValue).map { file in
            ProxyIndexFile(
                path: file.path,
                length: file.length,
                sha256: file.sha256,
                contentType: file.contentType
            )
        }
    }

    /// A shard of this index, or of one shortly before it that a client may still be reading.
    public func shard(_ digest: Digest, of subdir: UpstreamSubdir, in view: UpstreamView, now: Timestamp)
        async throws
        -> ProxyIndexFile?
    {
        let name = ShardIndex.shardFileName(digest)
        guard let file = try await rendered(subdir, view, now).shard(name) else { return nil }
        // Shards stand one behind the other in a file; one is small.
        return ProxyIndexFile(try file.read(0..<Int(file.length)), of: file)
    }

    /// What the policy has against a file that the index lists.
    public func objections(
        to file: ArchiveFileName,
        of subdir: UpstreamSubdir,
        in view: UpstreamView,
        now: Timestamp
    ) async throws -> [Finding] { try await rendered(subdir, view, now).hiddenFindings(of: file) }

    /// The channel's own shards, where names alone tell what the policy may hide; not where it waits for files to get older,
    /// or revokes them by digest or time, for then every record has to be looked at.
    public func shards(of subdir: Subdir, in view: UpstreamView, now: Timestamp) async throws -> ShownShards?
    {
        let policy = policy()
        guard let reach = policy.nameReach(into: view.channel.identity) else { return nil }
        do {
            guard let upstream = try await view.shards(of: subdir) else { return nil }
            return try await renderer.shards.shown(
                upstream,
                of: view.channel,
                hiding: policy,
                reach,
                now: now
            )
        } catch let refusal as Refusal {
            // What is verified of the whole index is as good, if the channel has one.
            let whole = try? await view.subdir(subdir)
            guard whole ?? nil != nil else { throw refusal }
            return nil
        } catch let failure as Failure where failure.kind == .network {
            // A channel that is away: what was read of it before goes on.
            guard await view.hasWhole(subdir) else { throw failure }
            return nil
        }
    }

    /// The policy's own.
    public var hiding: Digest? { policy().fingerprint }

    private func rendered(_ subdir: UpstreamSubdir, _ view: UpstreamView, _ now: Timestamp) async throws
        -> RenderedSubdir
    {
        try await renderer.rendered(subdir, of: view.channel, hiding: policy(), now: now)
    }
}
