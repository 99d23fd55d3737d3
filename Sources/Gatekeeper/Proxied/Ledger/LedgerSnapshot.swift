// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// All that a ledger knew at some moment, in one sorted file that is read where it lies: half a million files take 45 MB,
/// and nothing is made of them before they are asked for.
///
/// Head, indexes in the order they were seen, files in byte order of their names with what was seen first of each,
/// further sightings in the order of their files, names, SHA-256 of all that.
struct LedgerSnapshot: Sendable {
    /// The longest file.
    static let maximumLength = 512 << 20
    /// More files or indexes are no channel's.
    static let maximumCount = 4 << 20
    static let headLength = 72
    static let indexLength = 40
    /// Of a file: where its name starts (4), the name's length (1), the first sighting (41).
    static let fileLength = 46
    /// Of a further sighting: the number of its file (4), the sighting (41).
    static let furtherLength = 45
    static let magic = Array("kingsnake ledger".utf8)

    let bytes: [UInt8]
    /// Grows with each new snapshot: logs are of one.
    let generation: UInt64
    let indexCount: Int
    let fileCount: Int
    let furtherCount: Int

    private var filesStart: Int { Self.headLength + indexCount * Self.indexLength }
    private var furtherStart: Int { filesStart + fileCount * Self.fileLength }
    private var namesStart: Int { furtherStart + furtherCount * Self.furtherLength }

    /// A ledger that knows nothing.
    init(emptyFor scope: Digest) { self.init(Contents(), generation: 0, scope: scope) }

    /// Takes what was written, after the checksum was made by us.
    init(written bytes: [UInt8], generation: UInt64, counts: (indexes: Int, files: Int, further: Int)) {
        self.bytes = bytes
        self.generation = generation
        (indexCount, fileCount, furtherCount) = counts
    }

    /// Reads a file of foreign origin as far as everything in it can be looked up later without another check.
    ///
    /// - Throws: `ledger.damaged`.
    init(reading bytes: [UInt8], scope: Digest, of subject: String) throws {
        func damaged(_ expected: String) -> Refusal {
            Refusal(LedgerCode.damaged, subject, expected: expected)
        }
        var reader = LedgerReader(bytes[...])
        guard reader.take(Self.magic.count)?.elementsEqual(Self.magic) == true,
            let generation = reader.number(UInt64.self), let owner = reader.take(32),
            let indexes = reader.number(UInt32.self), let files = reader.number(UInt32.self),
            let further = reader.number(UInt32.self), let names = reader.number(UInt32.self)
        else { throw damaged("the head of a ledger") }
        guard owner.elementsEqual(scope.bytes) else { throw damaged("the ledger of this channel") }
        guard [indexes, files, further].allSatisfy({ $0 <= Self.maximumCount }) else {
            throw damaged("at most \(Self.maximumCount) entries of a kind")
        }
        self.init(
            written: bytes,
            generation: generation,
            counts: (Int(indexes), Int(files), Int(further))
        )
        guard bytes.count == namesStart + Int(names) + 32 else {
            throw damaged("the length that its head says")
        }
        var digest = StreamingDigest(.sha256)
        bytes.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0.dropLast(32))) }
        guard digest.finish().bytes.elementsEqual(bytes.suffix(32)) else { throw damaged("its own checksum") }
        guard isSound(nameLength: Int(names)) else { throw damaged("files in order") }
    }

    // MARK: Lookup

    var indexes: [LedgerIndex] {
        (0..<indexCount).compactMap { number in
            var reader = LedgerReader(bytes[(Self.headLength + number * Self.indexLength)...])
            return reader.index()
        }
    }

    func name(at number: Int) -> ArraySlice<UInt8> {
        let start = filesStart + number * Self.fileLength
        let place = namesStart + Int(word(start))
        return bytes[place..<place + Int(bytes[start + 4])]
    }

    /// What was seen of a file, the first first.
    func sightings(at number: Int) -> [LedgerSighting] {
        let start = filesStart + number * Self.fileLength
        return [sighting(start + 5)].compactMap(\.self) + further(number)
    }

    /// The names of the files that have further sightings, each once.
    var namesWithFurther: [ArraySlice<UInt8>] {
        (0..<furtherCount).compactMap { number in
            number == 0 || owner(number - 1) != owner(number) ? name(at: owner(number)) : nil
        }
    }

    /// Whether just this, in any of the digest's two forms, was the first that was seen of a file: the question that is
    /// asked half a million times for each new index.
    ///
    /// - Parameter row: kind, time, and digest, as they are kept.
    func isFirst(_ row: ArraySlice<UInt8>, at number: Int) -> Bool {
        let start = filesStart + number * Self.fileLength + 5
        guard bytes[start] & 0x7F == row[row.startIndex] & 0x7F else { return false }
        for offset in 9..<IndexSightings.rowLength where bytes[start + offset] != row[row.startIndex + offset]
        {
            return false
        }
        return true
    }

    /// The same of a sighting.
    func isFirst(_ sighting: LedgerSighting, at number: Int) -> Bool {
        var row: [UInt8] = []
        row.append(sighting)
        return isFirst(row[...], at: number)
    }

    /// The number of a file.
    ///
    /// - Parameter hint: where to look first; names are mostly asked for in their order.
    func number(of name: ArraySlice<UInt8>, after hint: Int = 0) -> Int? {
        var low = 0
        var high = fileCount
        if hint < fileCount, !name.lexicographicallyPrecedes(self.name(at: hint)) {
            low = hint
            var step = 1
            while low + step < high, !name.lexicographicallyPrecedes(self.name(at: low + step)) {
                low += step
                step *= 2
            }
            high = min(high, low + step)
        }
        while low < high {
            let middle = low + (high - low) / 2
            if self.name(at: middle).lexicographicallyPrecedes(name) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < fileCount && self.name(at: low).elementsEqual(name) ? low : nil
    }

    // MARK: Parts

    private func further(_ number: Int) -> [LedgerSighting] {
        var low = 0
        var high = furtherCount
        while low < high {
            let middle = low + (high - low) / 2
            if owner(middle) < number { low = middle + 1 } else { high = middle }
        }
        var found: [LedgerSighting] = []
        while low < furtherCount, owner(low) == number {
            sighting(furtherStart + low * Self.furtherLength + 4).map { found.append($0) }
            low += 1
        }
        return found
    }

    private func owner(_ further: Int) -> Int { Int(word(furtherStart + further * Self.furtherLength)) }

    private func sighting(_ at: Int) -> LedgerSighting? {
        var reader = LedgerReader(bytes[at...])
        return reader.sighting()
    }

    private func word(_ at: Int) -> UInt32 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }

    /// Whether every place that is looked up later is inside, every sighting well-formed, and everything in order.
    private func isSound(nameLength: Int) -> Bool {
        for number in 0..<fileCount {
            let start = filesStart + number * Self.fileLength
            guard Int(word(start)) + Int(bytes[start + 4]) <= nameLength, bytes[start + 4] > 0,
                sighting(start + 5) != nil,
                number == 0 || name(at: number - 1).lexicographicallyPrecedes(name(at: number))
            else { return false }
        }
        for number in 0..<furtherCount {
            guard owner(number) < fileCount, number == 0 || owner(number - 1) <= owner(number),
                sighting(furtherStart + number * Self.furtherLength + 4) != nil
            else { return false }
        }
        return true
    }
}
