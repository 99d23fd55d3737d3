// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import TrustCore
public import TrustPolicy

/// The index of a subdir without what a policy hides, in every form that clients ask for, all made from one text.
///
/// A form is made when it is asked for first, and stays in the cache. All of them list the same files; no record
/// differs from the upstream's but in that digests in shards are raw bytes (CEP 16).
public struct RenderedSubdir: Sendable {
    /// The names of all files but shards.
    public static let fileNames = RenderingParts.Form.allCases.map(\.rawValue)

    /// Which one.
    public let subdir: Subdir
    private let hidden: HiddenFiles
    private let parts: RenderingParts
    private let text: IndexText

    init(_ text: IndexText, hidden: HiddenFiles, parts: RenderingParts) {
        subdir = text.subdir
        self.text = text
        self.hidden = hidden
        self.parts = parts
    }

    /// How many files of the index are not listed.
    public var hiddenCount: Int { hidden.count }

    /// Why a file is not listed, though the index has it; empty for any other.
    public func hiddenFindings(of file: ArchiveFileName) throws -> [Finding] { try hidden.findings(on: file) }

    /// A file by its name in the subdir: one of ``fileNames``, or `shards/` and a shard's; nil for any other.
    ///
    /// - Throws: a `Failure` if it cannot be made, a `Refusal` if the text is no index.
    public func file(_ name: String) async throws -> RenderedFile? {
        let folder = "shards/"
        if name.hasPrefix(folder) { return try await shard(String(name.dropFirst(folder.count))) }
        guard let form = RenderingParts.Form(rawValue: name) else { return nil }
        return try await parts.file(form, of: text)
    }

    /// A shard by its file name, `<64 hexadecimal digits>.msgpack.zst`: of this index, or of one shortly before under
    /// the same policy, which a client may still be reading; nil if none of them has it.
    public func shard(_ name: String) async throws -> RenderedFile? {
        guard let digest = Digest(.sha256, hex: name.prefix(64)), ShardIndex.shardFileName(digest) == name
        else { return nil }
        return try await parts.shard(digest, of: text)
    }
}
