// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TUF
import TrustCore

/// A check that a subdir's index files are what was signed, that all forms say the same, and that there are
/// no others.
struct IndexCheck {
    let directory: String
    let subdir: Subdir

    /// Every signed index file is there under both its names, with the signed bytes, and nobody's index file
    /// is beside them. Answers how many are signed.
    func run(_ metadata: TargetsMetadata) throws -> Int {
        let signed = try ChannelLayout.indexFiles.filter { name in
            guard let path = TargetPath(ChannelLayout.file(name, in: subdir)),
                let target = metadata.targets[path]
            else {
                return false
            }
            try check(name, target)
            return true
        }
        for name in try Folder.names(in: directory + "/" + subdir.text)
        where ChannelLayout.isIndex(name) && !signed.contains(name) {
            throw Refusal(ChannelCode.indexUnsigned, ChannelLayout.file(name, in: subdir))
        }
        return signed.count
    }

    private func check(_ name: String, _ target: TargetFile) throws {
        let expected = target.hashes.digest(by: .sha256)
        let immutable = expected.map { ChannelLayout.immutableFile(name, digest: $0, in: subdir) }
        for file in [ChannelLayout.file(name, in: subdir), immutable].compactMap({ $0 }) {
            let found = try SignedFiles(directory: directory).digest(file)
            guard let found, found == expected else {
                throw Refusal(
                    ChannelCode.indexAltered,
                    file,
                    expected: expected?.description,
                    found: found?.description ?? "no file"
                )
            }
        }
    }

    /// The compressed index is `repodata.json`, byte for byte, and `current_repodata.json` has no record of
    /// its own. Shards have a check of theirs: ``ShardCheck``.
    func compareForms(with contents: SubdirContents, _ metadata: TargetsMetadata) throws {
        let files = SignedFiles(directory: directory)
        if let bytes = try files.bytes(ChannelLayout.compressedIndex, in: subdir, metadata) {
            let path = ChannelLayout.file(ChannelLayout.compressedIndex, in: subdir)
            let text = try Zstd.decompress(bytes, maximumLength: SignedChannel.indexLimit, of: path)
            guard try text == files.bytes(ChannelLayout.plainIndex, in: subdir, metadata) else {
                throw Refusal(ChannelCode.indexesDisagree, path, expected: "repodata.json, compressed")
            }
        }
        guard let bytes = try files.bytes(ChannelLayout.currentIndex, in: subdir, metadata) else { return }
        let path = ChannelLayout.file(ChannelLayout.currentIndex, in: subdir)
        let current = try SubdirContents(subdir, repodata: RepodataIndex(bytes, of: path, subdir: subdir))
        for (name, record) in current.records { try contents.demandSame(record, of: path, at: name.text) }
    }
}
