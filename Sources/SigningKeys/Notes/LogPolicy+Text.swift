// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension LogPolicy {
    /// The longest file, in bytes.
    public static let maximumLength = 256 << 10
    /// The most logs, witnesses and groups together, and the most members of a group.
    static let maximumNames = 1024

    private static let none = ByteKey("none")

    /// Reads a policy file.
    ///
    /// Names are compared as bytes. Bytes that are not UTF-8 are refused, which the format would allow.
    ///
    /// - Throws: `log-policy.syntax` with the line, or `log-policy.key`.
    public init(parsing bytes: [UInt8], of subject: String = "policy file") throws {
        guard bytes.count <= Self.maximumLength else {
            throw Refusal(
                LogPolicyCode.syntax,
                subject,
                expected: "at most \(Self.maximumLength) bytes",
                found: "\(bytes.count)"
            )
        }
        self.init()
        var reader = LogPolicyReader(subject: subject)
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            reader.line = number + 1
            let words = try reader.words(of: line)
            guard let first = words.first else { continue }
            let rest = Array(words.dropFirst())
            switch first {
            case "log": try addLog(rest, &reader)
            case "witness": try addWitness(rest, &reader)
            case "group": try addGroup(rest, &reader)
            case "quorum": try setQuorum(rest, &reader)
            default: throw reader.wrong("`log`, `witness`, `group` or `quorum`", found: first)
            }
        }
        guard reader.hasQuorum else { throw reader.wrong("a line `quorum NAME` or `quorum none`") }
    }

    private mutating func addLog(_ words: [String], _ reader: inout LogPolicyReader) throws {
        guard (1...2).contains(words.count) else { throw reader.wrong("`log KEY [URL]`") }
        let key = try reader.key(words[0], for: .notes)
        guard !logs.contains(where: { $0.key.key == key.key }) else { throw reader.wrong("each log once") }
        try reader.count()
        logs.append(Log(key: key, url: words.count > 1 ? words[1] : nil))
    }

    private mutating func addWitness(_ words: [String], _ reader: inout LogPolicyReader) throws {
        guard (2...3).contains(words.count) else { throw reader.wrong("`witness NAME KEY [URL]`") }
        let key = try reader.key(words[1], for: .cosignatures)
        guard !witnesses.contains(where: { $0.key.key == key.key }) else {
            throw reader.wrong("each witness's key once")
        }
        try define(words[0], &reader)
        witnesses.append(Witness(name: words[0], key: key, url: words.count > 2 ? words[2] : nil))
    }

    private mutating func addGroup(_ words: [String], _ reader: inout LogPolicyReader) throws {
        guard words.count >= 3 else { throw reader.wrong("`group NAME all|any|NUMBER MEMBER…`") }
        let members = words.dropFirst(2).map { ByteKey($0) }
        for member in members {
            guard reader.names.contains(member), reader.members.insert(member).inserted else {
                throw reader.wrong(
                    "members that were defined before, each in one group only",
                    found: member.text
                )
            }
        }
        let threshold: Int
        switch words[1] {
        case "all": threshold = members.count
        case "any": threshold = 1
        default:
            guard words[1].utf8.count <= 4, words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(words[1]), (1...members.count).contains(number)
            else {
                throw reader.wrong("`all`, `any` or a number from 1 to \(members.count)", found: words[1])
            }
            threshold = number
        }
        try define(words[0], &reader)
        groups[ByteKey(words[0])] = Group(threshold: threshold, members: members)
    }

    private mutating func setQuorum(_ words: [String], _ reader: inout LogPolicyReader) throws {
        guard words.count == 1, !reader.hasQuorum else { throw reader.wrong("one line `quorum NAME`") }
        let name = ByteKey(words[0])
        guard name == Self.none || reader.names.contains(name) else {
            throw reader.wrong("a witness or group that was defined before", found: words[0])
        }
        quorum = name == Self.none ? nil : name
        reader.hasQuorum = true
    }

    private func define(_ name: String, _ reader: inout LogPolicyReader) throws {
        guard ByteKey(name) != Self.none, reader.names.insert(ByteKey(name)).inserted else {
            throw reader.wrong("a new name, not `none`", found: name)
        }
        try reader.count()
    }
}

/// What is known of a policy file while it is read.
private struct LogPolicyReader {
    let subject: String
    var line = 0
    var names: Set<ByteKey> = []
    var members: Set<ByteKey> = []
    var hasQuorum = false
    private var counted = 0

    init(subject: String) { self.subject = subject }

    func words(of line: ArraySlice<UInt8>) throws -> [String] {
        guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }),
            let text = String(validating: line, as: UTF8.self)
        else { throw wrong("UTF-8 without control characters") }
        let words = text.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }).map {
            String(Substring($0))
        }
        guard words.first?.utf8.first != UInt8(ascii: "#") else { return [] }
        guard words.count <= LogPolicy.maximumNames else {
            throw wrong("at most \(LogPolicy.maximumNames) words")
        }
        return words
    }

    func key(_ text: String, for use: NoteKey.Use) throws -> NoteKey {
        let key: NoteKey
        do {
            key = try NoteKey(parsing: text)
        } catch let refusal as Refusal { throw refusal.located(at: "line \(line)") }
        guard key.use == use else {
            throw Refusal(
                LogPolicyCode.key,
                subject,
                at: "line \(line)",
                expected: use == .notes ? "a log's key (type 1)" : "a witness's key (type 4)",
                found: "type \(key.use.rawValue)"
            )
        }
        return key
    }

    mutating func count() throws {
        counted += 1
        guard counted <= LogPolicy.maximumNames else {
            throw wrong("at most \(LogPolicy.maximumNames) logs, witnesses and groups")
        }
    }

    func wrong(_ expected: String, found: String? = nil) -> Refusal {
        Refusal(
            LogPolicyCode.syntax,
            subject,
            at: "line \(line)",
            expected: expected,
            found: found.map { "`\($0)`" }
        )
    }
}
