// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// The records of an index by their packages.
struct PackageGroups: Sendable {
    /// What an index says of one package.
    struct Group: Sendable {
        let name: PackageName
        /// Where its records are, in the order of the index.
        fileprivate(set) var positions: [Int] = []
        /// Its files that were once listed, in byte order.
        fileprivate(set) var removed: [String] = []
    }

    /// In byte order of the names.
    let groups: [Group]
    /// The records that are of no package, by their file names.
    let unnamed: [(position: Int, refusal: Refusal)]

    /// - Parameter isWanted: whether the record at a position counts.
    init(_ index: RepodataFile, where isWanted: (Int) -> Bool = { _ in true }) {
        var found: [PackageName: Group] = [:]
        var unnamed: [(Int, Refusal)] = []
        // The records of a package stand together, and of plain ones the file name is known to be one.
        var run: (name: PackageName, bytes: ArraySlice<UInt8>, positions: [Int])?
        func finishRun() {
            guard let ended = run else { return }
            found[ended.name, default: Group(name: ended.name)].positions += ended.positions
            run = nil
        }
        for position in 0..<index.count where isWanted(position) {
            let bytes = index.packageNameBytes(at: position)
            if index.isPlain(at: position), let last = run?.bytes, last == bytes {
                run?.positions.append(position)
                continue
            }
            finishRun()
            do {
                run = (try ArchiveFileName(index.fileName(at: position)).name, bytes, [position])
            } catch {
                unnamed.append((position, error as? Refusal ?? Self.unreadable(index, position)))
            }
        }
        finishRun()
        for text in index.removed.map(ByteKey.init).sorted().map(\.text) {
            guard let name = try? ArchiveFileName(text).name else { continue }
            found[name, default: Group(name: name)].removed.append(text)
        }
        groups = found.values.sorted { $0.name < $1.name }
        self.unnamed = unnamed
    }

    private static func unreadable(_ index: RepodataFile, _ position: Int) -> Refusal {
        Refusal(RepodataCode.fileName, index.fileName(at: position))
    }
}

extension PackageGroups.Group {
    /// A digest of all that the group's shard, and any judgement that time does not change, is made of.
    ///
    /// - Parameter salt: what else matters.
    func digest(of records: [StoredRecord], salt: Digest) -> Digest {
        var digest = StreamingDigest(.sha256)
        digest.update(salt.bytes)
        func add(_ bytes: ArraySlice<UInt8>) {
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { digest.update($0) }
            bytes.withUnsafeBytes { digest.update($0) }
        }
        add(Array(name.raw.utf8)[...])
        for record in records {
            add(Array(record.fileName.utf8)[...])
            add([record.section == .conda ? 1 : 0])
            add(record.text)
        }
        for file in removed { add(Array(file.utf8)[...]) }
        return digest.finish()
    }
}
