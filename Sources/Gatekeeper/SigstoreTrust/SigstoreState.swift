// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TUF
import TrustCore

/// What an update of an instance leaves on disk: TUF metadata and the files that it vouches for, in one file.
///
/// One file, since they belong together: readers need no lock, and a process that is killed leaves the state
/// before or the state after. Nothing in it is trusted because it is there (see ``VerifiedSigstoreState``).
struct SigstoreState {
    /// The longest state that is read: some hundred roots, and what they lead to.
    static let maximumLength = 16 << 20
    /// Short files with few values: metadata and keys are texts in it.
    private static let jsonLimits = JSONLimits(bytes: maximumLength, depth: 8, values: 10_000)

    /// What the TUF client stored.
    var metadata: [StoredMetadata: [UInt8]]
    /// The files, by the last part of their path.
    var files: [SigstoreFile: [UInt8]]
    /// When the repository was asked last.
    var checked: Timestamp

    /// Nothing yet.
    static let empty = SigstoreState(metadata: [:], files: [:], checked: Timestamp(seconds: 0))

    /// The newest root that is in it, good or bad; 0 if there is none.
    var newestRoot: Int64 {
        metadata.keys.reduce(0) { if case .root(let version) = $1 { max($0, version) } else { $0 } }
    }
}

/// A file that an instance publishes as a target of its TUF repository.
enum SigstoreFile: String, CaseIterable {
    case trustedRoot = "trusted_root.json"
    case signingConfig = "signing_config.v0.2.json"

    /// The longest file that is downloaded.
    static let maximumLength = 4 << 20

    var path: TargetPath {
        guard let path = TargetPath(rawValue) else { preconditionFailure("a file's name is a path") }
        return path
    }
}

// MARK: - On disk

extension SigstoreState {
    /// Reads a state (`json.…`).
    init(json bytes: [UInt8], of path: String) throws {
        let fields = try JSONFields(JSONReader.read(bytes, of: path, limits: Self.jsonLimits), of: path)
        guard try fields.integer("schema") == 1 else { throw fields.wrong("schema", "1") }
        guard let checked = Timestamp(try fields.string("checked")) else {
            throw fields.wrong("checked", "a date")
        }
        self.init(metadata: [:], files: [:], checked: checked)
        for value in try fields.array("metadata") {
            let item = try JSONFields(value, of: path)
            metadata[try Self.key(item)] = try Self.content(item)
        }
        for value in try fields.array("files") {
            let item = try JSONFields(value, of: path)
            let name = try item.string("name")
            guard let file = SigstoreFile.allCases.first(where: { ByteKey.areEqual($0.rawValue, name) })
            else {
                throw item.wrong("name", "a file of an instance")
            }
            files[file] = try Self.content(item)
        }
    }

    private static func key(_ item: JSONFields) throws -> StoredMetadata {
        if let version = try item.optionalInteger("root") { return .root(version: version) }
        guard let name = RoleName(try item.string("role")) else { throw item.wrong("role", "a role's name") }
        return .role(name)
    }

    private static func content(_ item: JSONFields) throws -> [UInt8] {
        guard let bytes = Base64.decode(try item.string("content")) else {
            throw item.wrong("content", "base64")
        }
        return bytes
    }

    /// The state as it is written.
    var encoded: [UInt8] {
        var object = JSONObject()
        object["schema"] = 1
        object["checked"] = .string(checked.description)
        object["metadata"] = .array(
            metadata.compactMap(Self.item).sorted { $0.order < $1.order }.map(\.value)
        )
        object["files"] = .array(
            SigstoreFile.allCases.compactMap { file in
                files[file].map { bytes in
                    var item = JSONObject()
                    item["name"] = .string(file.rawValue)
                    item["content"] = .string(Base64.text(bytes))
                    return .object(item)
                }
            }
        )
        return JSONWriter.encode(.object(object), .indented) + [0x0A]
    }

    private static func item(_ key: StoredMetadata, _ bytes: [UInt8]) -> (order: ByteKey, value: JSONValue)? {
        var item = JSONObject()
        let order: String
        switch key {
        case .root(let version):
            item["root"] = .number(JSONNumber(version))
            order = "0 \(String(repeating: "0", count: max(0, 19 - "\(version)".utf8.count)))\(version)"
        case .role(let name):
            item["role"] = .string(name.text)
            order = "1 \(name.text)"
        // An update that is not finished is not kept.
        case .rotation: return nil
        }
        item["content"] = .string(Base64.text(bytes))
        return (ByteKey(order), .object(item))
    }
}
