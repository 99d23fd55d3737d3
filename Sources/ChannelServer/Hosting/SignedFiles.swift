// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TUF
import TrustCore

/// Reads index files of a channel's folder, and only the very bytes that were signed.
struct SignedFiles {
    let directory: String

    /// Reads an index file by its immutable name, or by its plain one if that holds the same.
    ///
    /// - Throws: `channel.index-altered` if neither holds what was signed.
    func read(_ target: TargetFile, _ name: String, in subdir: Subdir) throws -> [UInt8] {
        let plain = ChannelLayout.file(name, in: subdir)
        let sha256 = target.hashes.digest(by: .sha256)
        let paths = [sha256.map { ChannelLayout.immutableFile(name, digest: $0, in: subdir) }, plain]
            .compactMap { $0 }
        var found: Digest?
        for path in paths {
            guard
                let bytes = try DurableFile.read(
                    directory + "/" + path,
                    maximumLength: SignedChannel.indexLimit
                )
            else { continue }
            let digest = Digest.of(bytes)
            if digest == sha256 { return bytes }
            found = found ?? digest
        }
        throw Refusal(
            ChannelCode.indexAltered,
            plain,
            expected: sha256?.description,
            found: found?.description ?? "no file"
        )
    }

    /// What the signed index of a role's subdir says; nil if the role signs no `repodata.json`.
    func contents(of role: RoleName, _ metadata: TargetsMetadata) throws -> SubdirContents? {
        let subdir = try Subdir(role.text)
        guard let bytes = try bytes(ChannelLayout.plainIndex, in: subdir, metadata) else { return nil }
        let subject = ChannelLayout.file(ChannelLayout.plainIndex, in: subdir)
        return try SubdirContents(subdir, repodata: RepodataIndex(bytes, of: subject, subdir: subdir))
    }

    /// The bytes of an index file, as they were signed; nil if the role does not sign it.
    func bytes(_ name: String, in subdir: Subdir, _ metadata: TargetsMetadata) throws -> [UInt8]? {
        guard let path = TargetPath(ChannelLayout.file(name, in: subdir)), let target = metadata.targets[path]
        else {
            return nil
        }
        return try read(target, name, in: subdir)
    }

    /// The digest of a file; nil if there is none.
    func digest(_ path: String) throws -> Digest? {
        guard let file = try OpenFile(readingIfThere: directory + "/" + path) else { return nil }
        var digest = StreamingDigest(.sha256)
        try file.readChunks { digest.update($0) }
        return digest.finish()
    }
}
