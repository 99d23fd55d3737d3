// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TrustCore

/// An index file of a plain folder, and its compressed form if there is one, written beside the old ones with other
/// signatures in it; ``commit()`` puts them in their places.
struct IndexRewrite {
    private let path: String
    private let original: Digest
    /// The finished files, and what they replace.
    private let finished: [(temporary: String, path: String)]

    /// Whether readers will see anything new.
    var isChange: Bool { !finished.isEmpty }

    /// Writes the new files; none where the old ones are the same already.
    init(
        _ index: RepodataFile,
        signatures: (Int) -> [UInt8]?,
        at path: String
    ) throws {
        self.path = path
        original = index.digest
        let splice = SignatureSplice(index)
        let compressed = path + ".zst"
        let hasCompressed = Folder.exists(compressed)
        // Where there is no such member yet, the text becomes another one, and nobody asks for its length.
        let isNew = index.source.length > 0 && !index.hasSignatures && !hasCompressed
        let (length, isSame) = isNew ? (0, false) : try splice.compare(signatures)
        guard try !isSame || (hasCompressed && !Self.isCompressed(compressed, formOf: index)) else {
            finished = []
            return
        }
        let files = hasCompressed ? [compressed, path] : [path]
        let temporaries = files.map { DurableFile.temporaryName(beside: $0) }
        do {
            let plain = try OpenFile(creating: temporaries[files.count - 1])
            let zstd = hasCompressed ? try OpenFile(creating: temporaries[0]) : nil
            let encoder = hasCompressed ? try ZstdEncoder(contentLength: length) : nil
            try splice.write(signatures) { piece in
                try plain.write(piece)
                if let zstd, let encoder { try encoder.consume(piece) { try zstd.write($0) } }
            }
            if let zstd, let encoder {
                try encoder.finish { try zstd.write($0) }
                try zstd.synchronize()
            }
            try plain.synchronize()
        } catch {
            for temporary in temporaries { try? DurableFile.remove(temporary) }
            throw error
        }
        finished = zip(temporaries, files).map { ($0, $1) }
    }

    /// Demands that the index is as it was when its records were signed.
    ///
    /// - Throws: a `Failure` if somebody wrote it meanwhile.
    func checkUnchanged() throws {
        guard isChange else { return }
        guard try SignedFiles(directory: Folder.parent(of: path)).digest(Self.name(path)) == original else {
            throw Failure(
                .disk,
                "somebody wrote the index while its records were signed",
                at: path,
                remedy: "run `kingsnake content-trust sign` again when the indexer has finished"
            )
        }
    }

    /// Puts the new files in the places of the old ones, each whole or not at all.
    ///
    /// - Throws: a `Failure` if somebody wrote the index meanwhile; then it was not changed.
    func commit() throws {
        do {
            try checkUnchanged()
        } catch {
            discard()
            throw error
        }
        for (temporary, path) in finished { try DurableFile.rename(temporary, to: path) }
    }

    /// Removes the new files; the old ones stay.
    func discard() {
        for (temporary, _) in finished { try? DurableFile.remove(temporary) }
    }

    /// Removes what runs that died left in a folder.
    static func sweep(_ folder: String) throws {
        let prefixes = [ChannelLayout.plainIndex, ChannelLayout.currentIndex].flatMap { name in
            [".\(name).tmp-", ".\(name).zst.tmp-"]
        }
        for name in try Folder.names(in: folder) where prefixes.contains(where: name.hasPrefix) {
            try DurableFile.remove(folder + "/" + name)
        }
    }

    private static func isCompressed(_ path: String, formOf index: RepodataFile) throws -> Bool {
        guard let stored = try DurableFile.open(path, maximumLength: SignedChannel.indexLimit) else {
            return false
        }
        do {
            return try Zstd.isCompressed(stored, formOf: index.digest, length: index.source.length)
        } catch is Refusal {
            // One that is damaged is written again.
            return false
        }
    }

    private static func name(_ path: String) -> String {
        String(path.dropFirst(Folder.parent(of: path).count + 1))
    }
}
