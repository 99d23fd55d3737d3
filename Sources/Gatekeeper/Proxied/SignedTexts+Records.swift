// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import Transport
import TrustCore

/// Texts of channels that are pinned to a root of content trust: what is not signed is not passed on.
extension SignedTexts {
    /// The text without the records that the pin does not let through; the same one if it lets all through.
    ///
    /// A record that is left out is as good as not there: nobody can choose it. Why it was left out is said when it is
    /// asked for all the same, by the gate.
    func signedPart(of text: SignedText, _ trust: RecordTrust, _ subdir: Subdir) async throws -> SignedText {
        let index = text.index
        var good: [Int] = []
        good.reserveCapacity(index.count)
        let work = OrderedWork<Int, Int> { positions in
            try index.records(at: positions).compactMap { stored in
                do {
                    _ = try trust.verify(try stored.read(in: index), stored.signatures, in: subdir)
                    return stored.position
                } catch is Refusal {
                    return nil
                }
            }
        }
        try await work.run(0..<index.count) { good += $0 }
        guard good.count < index.count else { return text }
        var digest = StreamingDigest(.sha256)
        try Self.write(index, good) { bytes in bytes.withUnsafeBytes { digest.update($0) } }
        let size = digest.byteCount
        let expected = digest.finish()
        _ = try cache.path(of: expected, recheck: true)
        let path = try await cache.store(expected: expected, size: size) { sink in
            try Self.write(index, good) { bytes in try bytes.withUnsafeBytes { try sink($0) } }
        }
        return try open(path, index.subject, subdir, expected, signed: true)
    }

    /// How many records are read at once.
    private static let runLength = 256

    /// Writes an index of some of the records of another, each as it stands there, with its signatures.
    private static func write(_ index: RepodataFile, _ positions: [Int], to sink: ([UInt8]) throws -> Void)
        throws
    {
        try sink(Array("{\"info\":".utf8) + JSONWriter.encode(.object(index.info.raw)))
        for (key, format) in [("packages", ArchiveFormat.tarBz2), ("packages.conda", .conda)] {
            try write(index, positions, key) {
                $0.section == format ? $0.text : nil
            } to: {
                try sink($0)
            }
        }
        let removed = JSONWriter.encode(.array(index.removed.map { .string($0) }))
        try sink(Array(",\"removed\":".utf8) + removed + ",\"repodata_version\":\(index.info.version)".utf8)
        try write(index, positions, "signatures", { $0.signatures }, to: sink)
        try sink(Array("}\n".utf8))
    }

    /// Writes one member, with an entry for each record that has one.
    private static func write(
        _ index: RepodataFile,
        _ positions: [Int],
        _ key: String,
        _ entry: (StoredRecord) -> ArraySlice<UInt8>?,
        to sink: ([UInt8]) throws -> Void
    ) throws {
        try sink(Array(",\"\(key)\":{".utf8))
        var isFirst = true
        var rest = positions[...]
        while !rest.isEmpty {
            var out: [UInt8] = []
            for stored in try index.records(at: Array(rest.prefix(runLength))) {
                guard let text = entry(stored) else { continue }
                if !isFirst { out.append(UInt8(ascii: ",")) }
                isFirst = false
                JSONWriter.writeString(stored.fileName, to: &out)
                out.append(UInt8(ascii: ":"))
                out += text
            }
            try sink(out)
            rest = rest.dropFirst(runLength)
        }
        try sink([UInt8(ascii: "}")])
    }
}
