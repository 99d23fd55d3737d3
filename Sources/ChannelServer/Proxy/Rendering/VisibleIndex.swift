// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// The text of an index, and which of its records clients may see.
struct VisibleIndex: Sendable {
    let index: RepodataFile
    let subdir: Subdir
    private let isHidden: [Bool]

    init(_ text: IndexText, hiding hidden: HiddenFiles) throws {
        index = try text.open()
        subdir = text.subdir
        isHidden = try hidden.positions(in: index)
    }

    /// Where the records are that clients may see.
    var positions: [Int] { isHidden.indices.filter { !isHidden[$0] } }

    /// Whether clients may see a record.
    func shows(_ position: Int) -> Bool { !isHidden[position] }

    /// Whether the text can be given out as it is: nothing is hidden, all its members are known, and everything is
    /// beside it.
    var isTextItself: Bool {
        index.source.length > 0 && !isHidden.contains(true) && index.unknownKeys.isEmpty
            && index.info.raw["subdir"] != nil && index.info.raw == info.raw
    }

    /// What the index says about itself, without what leads elsewhere: the place of packages (CEP 15) and shards
    /// (CEP 16), the other indexes of CEP 48, which are left out, and whatever holds an absolute URL.
    var info: RepodataInfo {
        var info = RepodataInfo(subdir: subdir)
        for member in index.info.raw.members where member.key != "subdir" {
            guard !Self.leadingElsewhere.contains(member.key), !member.value.holdsURL else { continue }
            info.raw[member.key] = member.value
        }
        return info
    }

    private static let leadingElsewhere: Set<String> = ["base_url", "shards_base_url", "repodata_revisions"]

    // MARK: Texts

    private static let chunkLength = 256 << 10

    /// Writes `repodata.json`: records and signatures are the upstream's own bytes.
    ///
    /// Unknown top-level members, as `v3` of CEP 48, are left out: nobody knows which packages they list.
    func writePlain(to sink: ([UInt8]) throws -> Void) throws {
        try write(positions, removed: index.removed, to: sink)
    }

    /// Writes `current_repodata.json`: the newest version of each package only.
    func writeCurrent(to sink: ([UInt8]) throws -> Void) throws {
        let files = positions.compactMap { position in
            (try? ArchiveFileName(index.fileName(at: position))).map { (position, $0) }
        }
        let current = CurrentVersions(files.map(\.1))
        try write(files.filter { current.contains($0.1) }.map(\.0), removed: [], to: sink)
    }

    private func write(_ positions: [Int], removed: [String], to sink: ([UInt8]) throws -> Void) throws {
        var out = Array("{\"info\":".utf8) + JSONWriter.encode(.object(info.raw.sorted))
        for (key, format) in [("packages", ArchiveFormat.tarBz2), ("packages.conda", .conda)] {
            out += ",\"\(key)\":{".utf8
            let part = positions.filter { index.section(at: $0) == format }
            try write(part, withSignatures: false, &out, to: sink) { $0.text }
            out += "}".utf8
        }
        out += ",\"removed\":".utf8
        out += JSONWriter.encode(.array(removed.map { .string($0) }))
        out += ",\"repodata_version\":1".utf8
        if index.hasSignatures {
            out += ",\"signatures\":{".utf8
            try write(positions, withSignatures: true, &out, to: sink) { $0.signatures }
            out += "}".utf8
        }
        try sink(out + Array("}\n".utf8))
    }

    /// Writes members of an object: file names, and something of the records.
    private func write(
        _ positions: [Int],
        withSignatures: Bool,
        _ out: inout [UInt8],
        to sink: ([UInt8]) throws -> Void,
        _ value: (StoredRecord) -> ArraySlice<UInt8>?
    ) throws {
        var isFirst = true
        for start in stride(from: 0, to: positions.count, by: 512) {
            let some = Array(positions[start..<min(start + 512, positions.count)])
            for record in try index.records(at: some, withSignatures: withSignatures) {
                guard let text = value(record) else { continue }
                if !isFirst { out.append(UInt8(ascii: ",")) }
                isFirst = false
                // A file name that was scanned needs no escapes.
                out.append(UInt8(ascii: "\""))
                out += index.fileNameBytes(at: record.position)
                out += "\":".utf8
                out += text
            }
            guard out.count >= Self.chunkLength else { continue }
            try sink(out)
            out.removeAll(keepingCapacity: true)
        }
    }
}

extension JSONValue {
    /// Whether there is an absolute URL anywhere in it.
    fileprivate var holdsURL: Bool {
        switch self {
        case .null, .bool, .number: false
        case .string(let text): text.contains("://") || text.utf8.starts(with: "//".utf8)
        case .array(let elements): elements.contains(where: \.holdsURL)
        case .object(let object): object.members.contains { $0.value.holdsURL }
        }
    }
}
