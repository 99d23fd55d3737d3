// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What mamba verifies instead of a record: JSON that it writes anew from what its solver's data base kept (libmamba
/// 2.8, `PackageInfo::json_signable`).
///
/// Twelve members at most. What a record lacks is `""` or `0`; times in milliseconds have become seconds; match
/// specs have been rewritten, see ``MambaSpec``. Nothing else that a record says is covered, and two records may
/// have one form: a signature of it is no signature of a record, and never admits a package here.
public struct MambaForm: Sendable, Equatable {
    /// The bytes that are signed.
    public let bytes: [UInt8]
    /// Members of the record that the form says nothing of, in the order of the record: anybody may change them.
    public let uncovered: [String]

    /// Why a record has no form: mamba does not know such a package.
    public enum Obstacle: Error, Sendable, Equatable {
        /// The record is not an object.
        case noObject
        /// mamba leaves records out that lack this member.
        case missing(String)
        /// The member is of a type that mamba does not read.
        case type(String)
        /// The text has a zero character, at which the solver cuts it.
        case zeroCharacter(String)
    }

    /// What a record's form takes from the index that lists it.
    public struct Index: Sendable, Equatable {
        /// `info.subdir`, for records that name none.
        public let subdir: String
        /// Whether a package named `pip` is listed: mamba then adds dependencies between it and `python`.
        public let listsPip: Bool

        /// Describes an index.
        public init(subdir: String = "", listsPip: Bool = false) {
            self.subdir = subdir
            self.listsPip = listsPip
        }
    }

    private static let copied = ["name", "version", "build"]
    private static let optional = ["license", "subdir"]
    private static let digests = [("md5", 32), ("sha256", 64)]
    private static let specs = ["depends", "constrains"]
    private static let numbers = ["build_number", "size", "timestamp"]
    private static let covered = Set(
        (copied + optional + digests.map(\.0) + specs + numbers).map { ByteKey($0) }
    )

    /// Writes the form of a record, as it is after mamba has read the index itself.
    ///
    /// From its cache of an index (`.solv`) mamba gets most records with several dependencies in another order, and
    /// refuses what it took before; that is not modelled.
    public init(of record: JSONValue, in index: Index = Index()) throws(Obstacle) {
        guard let record = record.object else { throw .noObject }
        var form = JSONObject()
        for key in Self.copied { form[key] = .string(Self.read(try Self.required(key, record, \.string))) }
        for key in Self.optional { form[key] = .string(Self.read(try Self.text(key, record) ?? "")) }
        if record["subdir"] == nil { form["subdir"] = .string(Self.read(index.subdir)) }
        for (key, count) in Self.digests {
            form[key] = .string(Self.digest(try Self.text(key, record) ?? "", count))
        }
        _ = try Self.required("build_number", record, \.self)
        for key in Self.numbers { form[key] = Self.number(Self.unsigned(record[key]), of: key) }
        let constrains = try Self.specs(record["constrains"]?.array ?? [], "constrains")
        if !constrains.isEmpty {
            form["constrains"] = .array(constrains.map { .string(String(decoding: $0, as: UTF8.self)) })
        }
        form["depends"] = .array(try Self.dependencies(record, index))
        bytes = MambaJSON.encode(.object(form))
        uncovered = record.keys.filter { !Self.covered.contains(ByteKey($0)) }
    }

    // A member of another type than mamba asks for reads as an empty one.
    private static func text(_ key: String, _ record: JSONObject) throws(Obstacle) -> String? {
        guard let text = record[key]?.string else { return nil }
        guard !text.utf8.contains(0) else { throw .zeroCharacter(key) }
        return text
    }

    private static func required<Value>(
        _ key: String,
        _ record: JSONObject,
        _ read: (JSONValue) -> Value?
    ) throws(Obstacle) -> Value {
        guard let value = record[key] else { throw .missing(key) }
        guard let value = read(value) else { throw .type(key) }
        if let text = value as? String, text.utf8.contains(0) { throw .zeroCharacter(key) }
        return value
    }

    // The solver's word for "nothing" is taken at its word.
    private static func read(_ text: String) -> String { ByteKey.areEqual(text, "<NULL>") ? "" : text }

    private static func unsigned(_ value: JSONValue?) -> UInt64 {
        guard case .number(let number) = value else { return 0 }
        return UInt64(number.token) ?? 0
    }

    private static func number(_ value: UInt64, of key: String) -> JSONValue {
        // Above the last second of the year 9999 a time must be in milliseconds.
        let value = key == "timestamp" && value > 253_402_300_799 ? value / 1000 : value
        return .number(JSONNumber(unsigned: value))
    }

    /// The solver keeps bytes: as many digits as it needs, in lower case, or none of them.
    private static func digest(_ text: String, _ count: Int) -> String {
        guard let bytes = Hex.decode(Array(text.utf8.prefix(count))), bytes.count == count / 2 else {
            return ""
        }
        return Hex.encode(bytes)
    }

    /// The dependencies, each once, and the one that mamba adds to `python`.
    private static func dependencies(_ record: JSONObject, _ index: Index) throws(Obstacle) -> [JSONValue] {
        var seen: Set<[UInt8]> = []
        var specs = try specs(record["depends"]?.array ?? [], "depends").filter { seen.insert($0).inserted }
        if index.listsPip, let name = record["name"]?.string {
            let version = record["version"]?.string?.utf8.first ?? 0
            if ByteKey.areEqual(name, "python"), (0x32...0x7F).contains(version),
                seen.insert(Array("pip".utf8)).inserted
            {
                specs.append(Array("pip".utf8))
            }
            // The dependency on `python` that mamba adds stands where it does not read it back; one that was there
            // moves there.
            if ByteKey.areEqual(name, "pip") { specs.removeAll { $0.elementsEqual("python".utf8) } }
        }
        return specs.map { .string(String(decoding: $0, as: UTF8.self)) }
    }

    private static func specs(_ elements: [JSONValue], _ key: String) throws(Obstacle) -> [[UInt8]] {
        var specs: [[UInt8]] = []
        for text in elements.compactMap(\.string) {
            guard !text.utf8.contains(0) else { throw .zeroCharacter(key) }
            if let spec = MambaSpec.rewritten(Array(text.utf8)) { specs.append(spec) }
        }
        return specs
    }
}

extension MambaForm.Obstacle: CustomStringConvertible {
    /// The reason in words.
    public var description: String {
        switch self {
        case .noObject: "the record is not an object"
        case .missing(let key): "mamba leaves out records without `\(key)`"
        case .type(let key): "mamba cannot read `\(key)` of this type"
        case .zeroCharacter(let key): "`\(key)` has a zero character, at which mamba would cut it"
        }
    }
}
