// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import TrustCore

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
    /// - Throws: a ``Failure`` if the folder cannot be read; a bad record is in ``corrupt`` instead.
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
        var records: [PrefixRecord] = []
        var corrupt: [Corrupt] = []
        let names = try folder.list().map(\.name).filter { $0.hasSuffix(".json") }
        for name in names.sorted(by: { ByteKey($0) < ByteKey($1) }) {
            do {
                guard let bytes = try folder.read(name, maximumLength: PrefixRecord.maximumLength) else {
                    throw Failure(.disk, "the record is not a regular file", at: "conda-meta/\(name)")
                }
                records.append(try PrefixRecord.read(bytes, named: name))
            } catch {
                corrupt.append(Corrupt(fileName: name, reason: error))
            }
        }
        return InstalledPackages(records: records, corrupt: corrupt)
    }
}
