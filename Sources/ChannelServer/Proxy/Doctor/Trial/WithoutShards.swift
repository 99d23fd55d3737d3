// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import TrustCore
internal import TrustPolicy

/// An index in all forms but shards: then clients ask for another form.
///
/// A record in a shard that names attestations ends conda-rattler-solver 0.1.0, whatever a proxy does (bytes are not text of JSON).
struct WithoutShards: RenderedChannel {
    let rendered: any RenderedChannel

    func file(_ form: IndexForm, of subdir: UpstreamSubdir, in view: UpstreamView, now: Timestamp)
        async throws
        -> ProxyIndexFile?
    {
        form == .shardIndex ? nil : try await rendered.file(form, of: subdir, in: view, now: now)
    }

    func shard(_ digest: Digest, of subdir: UpstreamSubdir, in view: UpstreamView, now: Timestamp)
        async throws
        -> ProxyIndexFile?
    { nil }

    func objections(
        to file: ArchiveFileName,
        of subdir: UpstreamSubdir,
        in view: UpstreamView,
        now: Timestamp
    ) async throws -> [Finding] {
        try await rendered.objections(to: file, of: subdir, in: view, now: now)
    }
}
