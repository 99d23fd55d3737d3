// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What one package contributes to the index of a subdir: elements of each list, and its shard.
struct PackageElements: Sendable {
    /// The package.
    let package: PackageName
    /// Elements of `repodata.json`, `current_repodata.json` and `run_exports.json`.
    private(set) var elements: [IndexElement] = []
    /// The shard; nil if the package never had a file here.
    let shard: (bytes: [UInt8], digest: Digest)?
    /// Files that are left out because of what is stored about them: nothing that clients could use.
    private(set) var problems: [String] = []
    /// Records that clients of content trust would refuse with any signature, and that have none.
    private(set) var unsigned: [String] = []

    /// Makes them.
    ///
    /// - Parameters:
    ///   - files: all files of the package in the subdir, in whatever state.
    ///   - patch: what the channel's owner corrects in records.
    ///   - runExports: what is known of files' run exports, as JSON.
    /// - Throws: a `Failure` of the compressor; `shard.too-large` is left to readers.
    init(
        _ package: PackageName,
        in subdir: Subdir,
        files: [HostedFile],
        patch: RepodataPatch?,
        runExports: [ArchiveFileName: [UInt8]] = [:]
    ) throws {
        self.package = package
        var records: [PackageRecord] = []
        var removed: [ArchiveFileName] = []
        for file in files where file.subdir == subdir && file.fileName.name == package {
            guard file.state == .listed, patch?.removes(file.fileName) != true else {
                removed.append(file.fileName)
                continue
            }
            do {
                records.append(try Self.record(of: file, patch))
            } catch let refusal as Refusal {
                problems.append("\(file.fileName): \(refusal)")
            }
        }
        let current = CurrentVersions(records.map(\.fileName))
        for record in records {
            let text = Self.text(of: record.fileName, .object(record.raw.sorted))
            let isOld = record.fileName.format == .tarBz2
            elements.append(IndexElement(isOld ? .tarBz2 : .conda, record.fileName, text))
            if current.contains(record.fileName) {
                elements.append(IndexElement(isOld ? .currentTarBz2 : .currentConda, record.fileName, text))
            }
            if let exports = runExports[record.fileName] {
                var text: [UInt8] = []
                JSONWriter.writeString(record.fileName.text, to: &text)
                text += ":{\"run_exports\":".utf8
                text += exports
                text.append(UInt8(ascii: "}"))
                elements.append(
                    IndexElement(isOld ? .runExportsTarBz2 : .runExportsConda, record.fileName, text)
                )
            }
        }
        for name in removed {
            var text: [UInt8] = []
            JSONWriter.writeString(name.text, to: &text)
            elements.append(IndexElement(.removed, name, text))
        }
        shard =
            records.isEmpty && removed.isEmpty
            ? nil : try Shard(package, records: records, removed: removed.map(\.text)).encode()
    }

    /// Puts in the signatures of the records. One that must not be signed gets none, and is a problem.
    ///
    /// - Returns: how many records were signed just now.
    mutating func sign(by signer: HostedRecordSigner, in subdir: Subdir, known: HostedRecordSigner.Known)
        async throws -> Int
    {
        let current = Set(
            elements.filter { $0.part == .currentTarBz2 || $0.part == .currentConda }.map(\.fileName)
        )
        var count = 0
        for record in elements where record.part == .tarBz2 || record.part == .conda {
            switch try await signer.element(for: record, in: subdir, known: known) {
            case .failure(let refusal): unsigned.append("\(record.fileName): \(refusal)")
            case .success(let (text, isNew)):
                if isNew { count += 1 }
                elements.append(IndexElement(.signatures, record.fileName, text))
                if current.contains(record.fileName) {
                    elements.append(IndexElement(.currentSignatures, record.fileName, text))
                }
            }
        }
        return count
    }

    /// The record of a file as the index says it: with what the server adds, and the owner corrects.
    private static func record(of file: HostedFile, _ patch: RepodataPatch?) throws -> PackageRecord {
        let fields = try JSONFields(
            try JSONReader.read(file.record, of: file.fileName.text),
            of: file.fileName.text
        )
        var object = fields.object
        try patch?.apply(to: &object, of: file.fileName)
        // That of a file that was imported is kept with its record.
        object["indexed_timestamp"] =
            fields.object["indexed_timestamp"] ?? .number(JSONNumber(Int64(clamping: file.acceptedAt)))
        object["attestations_sha256"] = file.attestations.map { .string($0.hex) }
        return try PackageRecord(.object(object), fileName: file.fileName.text, subdir: file.subdir)
    }

    private static func text(of name: ArchiveFileName, _ value: JSONValue) -> [UInt8] {
        var text: [UInt8] = []
        JSONWriter.writeString(name.text, to: &text)
        text.append(UInt8(ascii: ":"))
        text += JSONWriter.encode(value)
        return text
    }
}

extension JSONObject {
    /// The same with the keys of every object in byte order, as `RepodataWriter` writes them.
    var sorted: JSONObject {
        var result = JSONObject()
        for member in members.sorted(by: { ByteKey($0.key) < ByteKey($1.key) }) {
            result.insert(member.key, member.value.withSortedKeys)
        }
        return result
    }
}

extension JSONValue {
    fileprivate var withSortedKeys: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.withSortedKeys))
        case .object(let object): .object(object.sorted)
        default: self
        }
    }
}
