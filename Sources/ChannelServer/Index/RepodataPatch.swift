// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What a channel's owner corrects in the records of a subdir, in the form that conda's indexer knows
/// (`patch_instructions.json`).
///
/// - `packages`, `packages.conda`: members of records by file name. What is given takes the place of what the
///   package says of itself, null takes it away, and what the record has not is added. What is under
///   `packages` for a `.tar.bz2` holds for the `.conda` of the same name too, as conda's indexer has it;
///   `packages.conda` goes first there.
/// - `revoke`: files that stay in the index, but that no solver can choose.
/// - `remove`: files that go out of the index.
///
/// A patch never says which bytes a record is about, nor when it was listed: those members are refused, for
/// the server answers for them.
struct RepodataPatch: Sendable {
    /// The longest patch.
    static let maximumLength = 64 << 20
    /// The highest version of the form that is known.
    static let version: Int64 = 1
    /// Members that no patch may touch.
    static let protectedMembers: Set<ByteKey> = Set(
        [
            "name", "version", "build", "subdir", "sha256", "md5", "size", "indexed_timestamp",
            "attestations_sha256", "fn", "url", "channel",
        ].map { ByteKey($0) }
    )
    /// What a revoked package depends on: nothing has this name.
    static let revocation = "package_has_been_revoked"

    private let changes: [ArchiveFormat: [ByteKey: JSONObject]]
    private let revoked: Set<ByteKey>
    private let removed: Set<ByteKey>

    /// Reads a patch.
    ///
    /// - Throws: `index.patch` for what is no patch or touches what none may; a `json.…` code.
    init(parsing bytes: [UInt8], of subject: String) throws {
        let limits = JSONLimits(bytes: Self.maximumLength)
        let fields = try JSONFields(try JSONReader.read(bytes, of: subject, limits: limits), of: subject)
        if let version = try fields.optionalInteger("patch_instructions_version"), version > Self.version {
            throw Refusal(
                IndexCode.patch,
                subject,
                at: "`patch_instructions_version`",
                expected: "at most \(Self.version)",
                found: "\(version)"
            )
        }
        changes = [
            .tarBz2: try Self.changes(fields, "packages", subject),
            .conda: try Self.changes(fields, "packages.conda", subject),
        ]
        revoked = Set(try (fields.optionalStrings("revoke") ?? []).map { ByteKey($0) })
        removed = Set(try (fields.optionalStrings("remove") ?? []).map { ByteKey($0) })
    }

    private static func changes(_ fields: JSONFields, _ key: String, _ subject: String) throws
        -> [ByteKey: JSONObject]
    {
        var found: [ByteKey: JSONObject] = [:]
        for member in try fields.optionalFields(key)?.object.members ?? [] {
            let change = try JSONFields(member.value, of: "\(subject), \(QuotedText.short(member.key))")
                .object
            for changed in change.members where protectedMembers.contains(ByteKey(changed.key)) {
                throw Refusal(
                    IndexCode.patch,
                    subject,
                    at: "`\(QuotedText.short(member.key))`",
                    expected: "no change of what says which bytes a record is about",
                    found: "`\(changed.key)`"
                )
            }
            found[ByteKey(member.key)] = change
        }
        return found
    }

    /// Whether a file goes out of the index.
    func removes(_ name: ArchiveFileName) -> Bool { keys(of: name).contains(where: removed.contains) }

    /// Corrects a record.
    func apply(to record: inout JSONObject, of name: ArchiveFileName) throws {
        var found: [JSONObject?] = [changes[.tarBz2]?[ByteKey(name.with(.tarBz2))]]
        if name.format == .conda { found.append(changes[.conda]?[ByteKey(name.text)]) }
        for change in found.compactMap(\.self) {
            for member in change.members {
                record[member.key] = member.value == .null ? nil : member.value
            }
        }
        guard keys(of: name).contains(where: revoked.contains) else { return }
        record["revoked"] = true
        record["depends"] = .array((record["depends"]?.array ?? []) + [.string(Self.revocation)])
    }

    /// The names by which a patch means a file: its own, and of a `.conda` that of the `.tar.bz2`.
    private func keys(of name: ArchiveFileName) -> [ByteKey] {
        [ByteKey(name.text), ByteKey(name.with(.tarBz2))]
    }
}
