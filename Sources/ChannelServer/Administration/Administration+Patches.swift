// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

extension Administration {
    /// `PUT …/index/patches/<subdir>`: what is corrected in records; see ``RepodataPatch``. `DELETE` takes it away.
    func answerPatches(_ request: AdministrationRequest, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        let path = request.path
        guard path.count == 5, path[3] == "patches", [.put, .delete].contains(request.method) else {
            throw Self.notFound(request)
        }
        let channel = try await channel(path[1], for: .manageChannel, authority)
        let subdir = try Subdir(path[4])
        if request.method == .put { _ = try RepodataPatch(parsing: request.content, of: "the patch") }
        try await setPatch(request.method == .put ? request.content : nil, subdir, channel)
        parts.changed()
        record(
            "index-patched",
            authority,
            ["channel": channel.name.text, "subdir": subdir.text, "patch": request.method.rawValue]
        )
        var answer = JSONObject()
        answer["channel"] = .string(channel.name.text)
        answer["subdir"] = .string(subdir.text)
        answer["patched"] = .bool(request.method == .put)
        return answer
    }

    /// Puts a patch in force, or takes it away; the index follows.
    private func setPatch(_ bytes: [UInt8]?, _ subdir: Subdir, _ channel: HostedChannel) async throws {
        let path = ChannelLayout.file(PackageRefresh.patchName, in: subdir)
        let scope = HostedDocument.Scope.channel(channel.id)
        var document: HostedDocument?
        if let bytes {
            document = HostedDocument(
                scope: scope,
                path: path,
                blob: try await parts.blobs.put(bytes),
                size: UInt64(bytes.count),
                mediaType: "application/json",
                isImmutable: false,
                modified: now()
            )
        }
        let new = document
        try await database.write { transaction in
            if let new {
                try transaction.put([new])
            } else {
                try transaction.removeDocuments([path], in: scope)
            }
            try transaction.markStale(subdir, of: channel.id, package: nil)
        }
    }
}
