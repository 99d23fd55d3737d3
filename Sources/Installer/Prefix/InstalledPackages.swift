// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import Dispatch
import Synchronization
import TrustCore

/// The records in a prefix's `conda-meta`: what is installed, as far as anybody wrote it down.
public struct InstalledPackages: Sendable {
    /// A record that cannot be read.
    public struct Corrupt: Sendable {
        /// The file's name in `conda-meta`.
        public let fileName: String
        /// Why it is refused.
        public let reason: any Error
    }

    /// The records that can be read, in the order of their file names.
    public let records: [PrefixRecord]
    /// The records that cannot.
    public let corrupt: [Corrupt]

    /// Reads all records of a prefix. A prefix without `conda-meta` has none.
    ///
    /// - Throws: a `Failure` if the folder cannot be read; a bad record is in ``corrupt`` instead.
    public static func read(prefix: String) throws -> InstalledPackages {
        guard let root = try PrefixFolder.open(prefix) else {
            throw Failure(.configuration, "there is no such prefix", at: prefix)
        }
        return try read(root)
    }

    static func read(_ root: PrefixFolder) throws -> InstalledPackages {
        guard let folder = try root.folder("conda-meta") else {
            return InstalledPackages(records: [], corrupt: [])
        }
        let names = try folder.list().map(\.name).filter { $0.hasSuffix(".json") }
            .sorted { ByteKey($0) < ByteKey($1) }
        var records: [PrefixRecord] = []
        var corrupt: [Corrupt] = []
        for (name, result) in zip(names, inParallel(names) { name in try record(name, in: folder) }) {
            switch result {
            case .success(let record): records.append(record)
            case .failure(let reason): corrupt.append(Corrupt(fileName: name, reason: reason))
            }
        }
        return InstalledPackages(records: records, corrupt: corrupt)
    }

    private static func record(_ name: String, in folder: PrefixFolder) throws -> PrefixRecord {
        guard let bytes = try folder.read(name, maximumLength: PrefixRecord.maximumLength) else {
            throw Failure(.disk, "the record is not a regular file", at: "conda-meta/\(name)")
        }
        return try PrefixRecord.read(bytes, named: name, detail: .withoutArrays)
    }

    /// Does one thing to each name, on two threads: parsing the records of a large prefix takes as long as
    /// hashing its files.
    private static func inParallel<Value: Sendable>(
        _ names: [String],
        _ body: @Sendable (String) throws -> Value
    ) -> [Result<Value, any Error>] {
        let results = Mutex([Result<Value, any Error>?](repeating: nil, count: names.count))
        let next = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: min(2, names.count)) { _ in
            while true {
                let at = next.withLock { position in
                    defer { position += 1 }
                    return position
                }
                guard at < names.count else { return }
                let result = Result { try body(names[at]) }
                results.withLock { $0[at] = result }
            }
        }
        return results.withLock { $0.compactMap(\.self) }
    }
}
