// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension LockFile {
    /// Reads a lock file of any known kind.
    ///
    /// The content decides which kind it is; the name is for messages, and tells apart what is no lock.
    ///
    /// - Throws: a `Refusal` with a `lock.…` code, or `limit.too-large`.
    public static func read(_ bytes: [UInt8], fileName: String) throws -> LockFile {
        let subject = QuotedText.short(fileName.split(separator: "/").last ?? "lock file")
        guard bytes.count <= maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(maximumLength) bytes",
                found: "\(bytes.count) bytes"
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(LockCode.encoding, subject, expected: "UTF-8")
        }
        if ExplicitLock.isExplicit(text) { return try ExplicitLock.parse(text, subject) }
        if [".txt", ".toml"].contains(where: subject.hasSuffix) {
            throw Refusal(LockCode.notALock, subject, expected: "a line `@EXPLICIT`, or a YAML lock file")
        }
        let root: LockNode
        do {
            root = try LockYAML.read(text, subject)
        } catch let refusal as Refusal where refusal.is(LockCode.syntax) && !isNamedAsLock(subject) {
            throw Refusal(LockCode.unknownFormat, subject, expected: "a lock file", cause: refusal)
        }
        guard let mapping = root.mapping else {
            throw Refusal(LockCode.unknownFormat, subject, expected: "a lock file", found: root.typeName)
        }
        if mapping["environments"] != nil, mapping["packages"] != nil {
            return try PixiLock.parse(mapping, subject)
        }
        if mapping["metadata"] != nil, mapping["package"] != nil {
            return try CondaLock.parse(mapping, subject)
        }
        if mapping["dependencies"] != nil {
            throw Refusal(LockCode.notALock, subject, expected: "a lock file", found: "an environment file")
        }
        throw Refusal(
            LockCode.unknownFormat,
            subject,
            expected: "`environments` and `packages`, or `metadata` and `package`"
        )
    }

    private static func isNamedAsLock(_ name: String) -> Bool {
        [".yml", ".yaml", ".lock"].contains(where: name.hasSuffix)
    }
}
