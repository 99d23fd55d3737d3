// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore
internal import TrustPolicy

/// The files of an index that a policy hides, and why.
///
/// It is a text like an index's, with findings in place of records, and stays in its file like one.
struct HiddenFiles: Sendable {
    /// The text's name in its folder.
    static let fileName = "hidden.json"

    private let table: RepodataFile

    /// Opens a text that ``write(_:subdir:to:)`` made.
    init(_ file: RenderedFile) throws { table = try RepodataFile(file.bytes, of: file.path) }

    /// How many they are.
    var count: Int { table.count }

    /// A digest of the files' names.
    var digest: Digest {
        var digest = StreamingDigest(.sha256)
        for position in 0..<table.count {
            digest.update(Array(table.fileNameBytes(at: position)) + [UInt8(ascii: "\n")])
        }
        return digest.finish()
    }

    /// Which records of an index they are, by position.
    func positions(in index: RepodataFile) throws -> [Bool] {
        var isHidden = Array(repeating: false, count: index.count)
        for position in 0..<table.count {
            guard let found = index.position(of: table.fileNameBytes(at: position)) else {
                throw Failure(.disk, "what is hidden of an index does not fit it", at: table.subject)
            }
            isHidden[found] = true
        }
        return isHidden
    }

    /// What stands against a file; nothing if it is not hidden.
    func findings(on file: ArchiveFileName) throws -> [Finding] {
        guard let position = table.position(of: file.text.utf8),
            let record = try table.records(at: [position]).first
        else { return [] }
        let fields = try JSONFields(JSONReader.read(Array(record.text), of: file.text), of: file.text)
        return try (fields.optional("findings")?.array ?? []).map { value in
            try Finding(reading: JSONFields(value, of: file.text))
        }
    }

    /// Writes the text.
    ///
    /// - Parameter entries: positions in the index, and what ``text(_:)`` made of the findings.
    static func write(
        _ entries: [(position: Int, text: [UInt8])],
        of index: RepodataFile,
        to draft: RenderingDraft
    ) throws {
        var out: [UInt8] = []
        for format in [ArchiveFormat.tarBz2, .conda] {
            out += (format == .tarBz2 ? "{\"packages\":{" : "},\"packages.conda\":{").utf8
            var isFirst = true
            for entry in entries where index.section(at: entry.position) == format {
                if !isFirst { out.append(UInt8(ascii: ",")) }
                isFirst = false
                // A file name that was scanned needs no escapes.
                out.append(UInt8(ascii: "\""))
                out += index.fileNameBytes(at: entry.position)
                out += "\":".utf8
                out += entry.text
                guard out.count >= 1 << 20 else { continue }
                try draft.write(out)
                out.removeAll(keepingCapacity: true)
            }
        }
        try draft.write(out + Array("}}\n".utf8))
    }

    /// Findings as they are written.
    static func text(_ findings: [Finding]) -> [UInt8] {
        JSONWriter.encode(["findings": .array(findings.map(\.json))])
    }
}

extension Finding {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["rule"] = .string(rule)
        object["outcome"] = .string(outcome.rawValue)
        object["reason"] = .string(reason)
        object["code"] = code.map { .string($0.rawValue) }
        return .object(object)
    }

    fileprivate init(reading fields: JSONFields) throws {
        let (rule, reason) = (try fields.string("rule"), try fields.string("reason"))
        if let code = try fields.optionalString("code").flatMap(PolicyCode.init) {
            self.init(rule, code, reason)
        } else {
            self.init(rule, Outcome(rawValue: try fields.string("outcome")) ?? .refused, reason)
        }
    }
}
