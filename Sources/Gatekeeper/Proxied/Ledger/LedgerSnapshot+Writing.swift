// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension LedgerSnapshot {
    /// What goes into a snapshot, files in byte order of their names.
    struct Contents {
        var indexes: [LedgerIndex] = []
        fileprivate var files: [UInt8] = []
        fileprivate var further: [UInt8] = []
        fileprivate var names: [UInt8] = []
        private(set) var fileCount = 0
        private(set) var furtherCount = 0

        init(indexes: [LedgerIndex] = [], fileCount: Int = 0) {
            self.indexes = indexes
            files.reserveCapacity(fileCount * fileLength)
            names.reserveCapacity(fileCount * 48)
        }

        /// Adds the next file, with one sighting as it is kept.
        mutating func append(_ name: some Collection<UInt8>, row: some Collection<UInt8>) {
            files.append(number: UInt32(truncatingIfNeeded: names.count))
            files.append(UInt8(truncatingIfNeeded: name.count))
            files.append(contentsOf: row)
            names.append(contentsOf: name)
            fileCount += 1
        }

        /// Adds the next file, with at least one sighting.
        mutating func append(_ name: some Collection<UInt8>, _ sightings: [LedgerSighting]) {
            guard let first = sightings.first else { return }
            var row: [UInt8] = []
            row.append(first)
            append(name, row: row)
            for sighting in sightings.dropFirst() {
                further.append(number: UInt32(truncatingIfNeeded: fileCount - 1))
                further.append(sighting)
                furtherCount += 1
            }
        }
    }

    /// Makes a snapshot.
    init(_ contents: Contents, generation: UInt64, scope: Digest) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            Self.headLength + contents.indexes.count * Self.indexLength + contents.files.count
                + contents.further.count + contents.names.count + 32
        )
        bytes += Self.magic
        bytes.append(number: generation)
        bytes += scope.bytes
        bytes.append(number: UInt32(truncatingIfNeeded: contents.indexes.count))
        bytes.append(number: UInt32(truncatingIfNeeded: contents.fileCount))
        bytes.append(number: UInt32(truncatingIfNeeded: contents.furtherCount))
        bytes.append(number: UInt32(truncatingIfNeeded: contents.names.count))
        for index in contents.indexes { bytes.append(index) }
        bytes += contents.files
        bytes += contents.further
        bytes += contents.names
        bytes += Digest.of(bytes).bytes
        self.init(
            written: bytes,
            generation: generation,
            counts: (contents.indexes.count, contents.fileCount, contents.furtherCount)
        )
    }

    /// The generation of a snapshot, from the first bytes of its file; nil if they are not those of a snapshot.
    static func generation(inHead bytes: ArraySlice<UInt8>) -> UInt64? {
        var reader = LedgerReader(bytes)
        guard reader.take(magic.count)?.elementsEqual(magic) == true else { return nil }
        return reader.number(UInt64.self)
    }
}
