// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Writes `repodata.json`: the same bytes for the same content, laid out as conda's own indexer does.
///
/// Compact, keys and file names in byte order, one record in memory at a time.
public enum RepodataWriter {
    private static let chunkLength = 256 << 10

    /// Writes an index in pieces.
    ///
    /// - Parameters:
    ///   - fileNames: the files to list, in any order.
    ///   - removed: names of files that are no longer listed, in any order.
    ///   - record: answers a file's record; asked once for each file, in the order of the index.
    ///   - signatures: answers the signatures of a file's record, as JSON; nil where there are none. Without this
    ///     there is no `signatures` member.
    ///   - sink: takes the next piece of the text.
    /// - Throws: `repodata.duplicate-file`, `json.shape` for a record that is not an object, or whatever the
    ///   two closures throw.
    public static func write(
        _ info: RepodataInfo,
        fileNames: [ArchiveFileName],
        removed: [String] = [],
        record: (ArchiveFileName) throws -> JSONValue,
        signatures: ((ArchiveFileName) -> ArraySlice<UInt8>?)? = nil,
        to sink: ([UInt8]) throws -> Void
    ) throws {
        var out = Array("{\"info\":".utf8)
        out += JSONWriter.encode(sorted(.object(info.raw)))
        for (key, format) in [("packages", ArchiveFormat.tarBz2), ("packages.conda", .conda)] {
            out += ",\"\(key)\":{".utf8
            let names = try unique(fileNames.filter { $0.format == format })
            for (at, name) in names.enumerated() {
                if at > 0 { out.append(UInt8(ascii: ",")) }
                JSONWriter.writeString(name.text, to: &out)
                out.append(UInt8(ascii: ":"))
                let value = try record(name)
                // A record that is no object would make an index that cannot be opened again.
                _ = try JSONFields(value, of: name.text)
                out += JSONWriter.encode(sorted(value))
                if out.count >= chunkLength {
                    try sink(out)
                    out.removeAll(keepingCapacity: true)
                }
            }
            out.append(UInt8(ascii: "}"))
        }
        out += ",\"removed\":".utf8
        out += JSONWriter.encode(.array(Set(removed.map { ByteKey($0) }).sorted().map { .string($0.text) }))
        out += ",\"repodata_version\":\(info.version)".utf8
        if let signatures {
            try sink(out)
            out = Array(",\"signatures\":{".utf8)
            var isFirst = true
            for format in [ArchiveFormat.tarBz2, .conda] {
                for name in fileNames.filter({ $0.format == format }).sorted() {
                    guard let text = signatures(name) else { continue }
                    if !isFirst { out.append(UInt8(ascii: ",")) }
                    isFirst = false
                    JSONWriter.writeString(name.text, to: &out)
                    out.append(UInt8(ascii: ":"))
                    out += text
                }
            }
            out.append(UInt8(ascii: "}"))
        }
        out += "}\n".utf8
        try sink(out)
    }

    /// Writes an index of records that are in memory.
    public static func encode(
        _ info: RepodataInfo,
        records: [PackageRecord],
        removed: [String] = [],
        signatures: ((ArchiveFileName) -> ArraySlice<UInt8>?)? = nil
    ) throws -> [UInt8] {
        let byName = Dictionary(records.map { ($0.fileName, $0) }, uniquingKeysWith: { first, _ in first })
        var out: [UInt8] = []
        try write(
            info,
            fileNames: records.map(\.fileName),
            removed: removed,
            record: { .object(byName[$0]?.raw ?? JSONObject()) },
            signatures: signatures,
            to: { out += $0 }
        )
        return out
    }

    private static func unique(_ names: [ArchiveFileName]) throws -> [ArchiveFileName] {
        let sorted = names.sorted()
        for (one, next) in zip(sorted, sorted.dropFirst()) where one == next {
            throw Refusal(RepodataCode.duplicateFile, one.text, expected: "each file name once")
        }
        return sorted
    }

    /// The same value with the keys of every object in byte order.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(sorted))
        case .object(let object):
            var result = JSONObject()
            for member in object.members.sorted(by: { ByteKey($0.key) < ByteKey($1.key) }) {
                result.insert(member.key, sorted(member.value))
            }
            return .object(result)
        default: return value
        }
    }
}
