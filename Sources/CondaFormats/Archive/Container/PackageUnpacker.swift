// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// First half of reading a package: container, decompression, digests of the archive.
///
/// What it hands to the sink is tar; what is in it is the business of ``PackageInspector``.
package enum PackageUnpacker {
    /// Reads an archive to its last byte, and decompresses it into a sink.
    ///
    /// - Parameter parallel: what runs several blocks of a `.tar.bz2` at a time; without it one follows the
    /// other.
    package static func unpack(
        _ source: any ArchiveSource,
        fileName: ArchiveFileName,
        limits: ArchiveLimits,
        withMD5: Bool,
        parallel: ParallelRunner? = nil,
        into sink: any UnpackedSink
    ) throws -> ArchiveDigests {
        let input = HashedInput(source, withMD5: withMD5)
        let subject = fileName.description
        var budget = UnpackBudget(limits, subject: subject)
        switch fileName.format {
        case .conda:
            var container = CondaContainer(
                input,
                stem: fileName.distribution,
                subject: subject,
                sink: sink,
                budget: budget
            )
            try container.read()
        case .tarBz2:
            try sink.begin(.whole)
            if let parallel {
                try unpackBzip2(input, subject, &budget, parallel, into: sink)
            } else {
                try unpackBzip2(input, subject: subject, budget: &budget, into: sink)
            }
            try sink.end()
        }
        return input.digests()
    }

    private static func unpackBzip2(
        _ input: HashedInput,
        subject: String,
        budget: inout UnpackBudget,
        into sink: any UnpackedSink
    ) throws {
        let decoder = Bzip2Decoder(subject: subject)
        while try !input.isAtEnd() {
            let chunk = try input.peek()
            let packed = input.position + UInt64(chunk.count)
            try decoder.consume(chunk, into: sink) { try budget.spend($0, packed: packed) }
            input.advance(chunk.count)
        }
        try decoder.finish()
    }

    private static func unpackBzip2(
        _ input: HashedInput,
        _ subject: String,
        _ budget: inout UnpackBudget,
        _ parallel: @escaping ParallelRunner,
        into sink: any UnpackedSink
    ) throws {
        let decoder = ParallelBzip2Decoder(subject: subject, run: parallel)
        while try !input.isAtEnd() {
            let chunk = try input.peek()
            let packed = input.position + UInt64(chunk.count)
            try decoder.consume(chunk, packed: packed, into: sink) { try budget.spend($0, packed: $1) }
            input.advance(chunk.count)
        }
        try decoder.finish(into: sink) { try budget.spend($0, packed: $1) }
    }
}
