// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A settings file before and after a change, and what of it the reader is shown.
public struct SettingsChange: Sendable {
    /// The file, as the client finds it.
    public let path: String
    /// What is in it; nil if there is none.
    public let before: [UInt8]?
    /// What is to be in it; nil if there is to be none.
    public let after: [UInt8]?
    /// What was in it before anything of ours was; nil if there was none.
    public let original: [UInt8]?
    /// What the user should know: one sentence each, without the full stop.
    public let remarks: [String]

    /// Whether there is something to do.
    public var isChange: Bool { before != after }

    /// Demands that no password or token gets into the file where others could read it that is not in it yet, such as one of
    /// another file that counts, too.
    ///
    /// - Parameter permissions: the file's permission bits; nil if there is none yet.
    /// - Throws: `client.settings-secret`.
    public func checkSecrets(permissions: UInt16?) throws {
        guard let permissions, permissions & 0o077 != 0 else { return }
        let known = Set(Self.lines(before).flatMap(Self.secrets))
        guard Self.lines(after).contains(where: { !known.isSuperset(of: Self.secrets($0)) }) else { return }
        throw Refusal(
            ClientSettingsCode.settingsSecret,
            path,
            expected: "a file that nobody else may read",
            found: "mode \(String(permissions, radix: 8))"
        )
    }

    /// The change that takes our lines away, with a remark on whether the file is then what it was before them.
    public func comparing(to original: Digest?) -> SettingsChange {
        guard isChange else { return self }
        let isSame = after.map { Digest.of($0) } == original
        let remark =
            isSame
            ? "the file is as it was before, byte for byte"
            : "the file was changed by somebody else meanwhile; only our lines are taken out"
        return SettingsChange(path, before, after, self.original, [remark])
    }

    /// The lines that differ, each with `-` or `+` before it. Passwords and tokens in URLs are left out.
    public var difference: [String] {
        let old = Self.lines(before), new = Self.lines(after)
        var removed: Set<Int> = [], inserted: Set<Int> = []
        for change in new.difference(from: old, by: { $0.utf8.elementsEqual($1.utf8) }) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var shown: [String] = []
        var place = 0, newPlace = 0
        while place < old.count || newPlace < new.count {
            if removed.contains(place) {
                shown.append("-" + Self.redacted(old[place]))
                place += 1
            } else if inserted.contains(newPlace) {
                shown.append("+" + Self.redacted(new[newPlace]))
                newPlace += 1
            } else {
                place += 1
                newPlace += 1
            }
        }
        return shown
    }

    private static func lines(_ bytes: [UInt8]?) -> [String] {
        let lines = (bytes ?? []).split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
        }
        // After the last line's end there is no line.
        return lines.last?.isEmpty == true ? lines.dropLast() : lines
    }

    /// A line without the user and password, or the token, of URLs in it.
    static func redacted(_ line: String) -> String {
        line.replacing(/:\/\/[^\/@\s"']*@/, with: "://***@").replacing(/\/t\/[^\/\s"']+/, with: "/t/***")
    }

    /// What ``redacted(_:)`` leaves out.
    private static func secrets(_ line: String) -> [String] {
        let users = line.matches(of: /:\/\/[^\/@\s"']*@/).map { String($0.output) }
        return users + line.matches(of: /\/t\/[^\/\s"']+/).map { String($0.output) }
    }
}
