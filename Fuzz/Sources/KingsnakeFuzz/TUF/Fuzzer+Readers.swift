// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TUF
import TrustCore

extension Fuzzer {
    /// Two readers of one file: the one that finds the members of large metadata in the bytes, and the one that
    /// reads all of it into values. They take the same files for good, see the same in them, and refuse the others
    /// for the same reason, under whatever limits.
    ///
    /// The first two bytes are the limits of values and of depth; the rest is a file. It is read as it is, and in
    /// the layout that is read quickly.
    static let tufReaders = Fuzzer("tuf-readers") { bytes in
        var parts = InputParts(bytes)
        let (values, depth) = (Int(parts.byte()), Int(parts.byte()))
        let limits = JSONLimits(
            bytes: 1 << 16,
            depth: depth == 0 ? 64 : depth % 32,
            values: values == 0 ? 100_000 : values
        )
        let file = parts.remainder
        compare(file, limits)
        guard let object = try? JSONReader.read(file, of: "input").object,
            let signed = object["signed"]?.object,
            let canonical = try? CanonicalJSON.encode(.object(signed))
        else { return }
        let signatures = object["signatures"].map { JSONWriter.encode($0) } ?? Array("[]".utf8)
        compare(
            Array(#"{"signatures":"#.utf8) + signatures + Array(#","signed":"#.utf8) + canonical
                + Array("}".utf8),
            limits
        )
    }

    private static func compare(_ file: [UInt8], _ limits: JSONLimits) {
        compare(SnapshotMetadata.self, file, limits) { quick, plain in
            for name in plain.files.keys {
                Finding.unless(quick.files[name] == plain.files[name], "`\(name)` differs")
                Finding.unless(quick.files.contains(name), "`\(name)` is not there")
            }
            let other = RoleName("no such role").flatMap { quick.files[$0] }
            Finding.unless(other == nil || plain.files.keys.contains { $0.text == "no such role" }, "a role")
        }
        compare(TargetsMetadata.self, file, limits) { quick, plain in
            for path in plain.targets.keys {
                Finding.unless(quick.targets[path] == plain.targets[path], "`\(path)` differs")
                Finding.unless(quick.targets.contains(path), "`\(path)` is not there")
            }
            let other = TargetPath("no/such/path").flatMap { quick.targets[$0] }
            Finding.unless(
                other == nil || plain.targets.keys.contains { $0.text == "no/such/path" },
                "a path"
            )
        }
    }

    private static func compare<Role: RoleMetadata & Equatable>(
        _: Role.Type,
        _ file: [UInt8],
        _ limits: JSONLimits,
        _ members: (Role, Role) -> Void
    ) {
        let quick = outcome {
            try SignedMetadata<Role>(parsing: file, as: RoleName(Role.kind), limits: limits)
        }
        let plain = outcome {
            let subject = "\(Role.kind.rawValue) metadata"
            let envelope = try MetadataEnvelope(parsing: file, of: subject, limits: limits)
            return (role: try Role(JSONFields(envelope.signed, of: subject)), envelope: envelope)
        }
        switch (quick, plain) {
        case (.failure(let a), .failure(let b)): Finding.unlessEqual(a.code, b.code, "the refusal")
        case (.success(let a), .success(let b)):
            Finding.unless(a.role == b.role, "the \(Role.kind.rawValue) role differs")
            Finding.unlessEqual(a.envelope.signedBytes, b.envelope.signedBytes, "the signed bytes")
            Finding.unless(a.envelope.signed == b.envelope.signed, "the signed part")
            Finding.unlessEqual(
                a.envelope.signatures.map { "\(ByteKey($0.keyID)) \($0.bytes)" },
                b.envelope.signatures.map { "\(ByteKey($0.keyID)) \($0.bytes)" },
                "the signatures"
            )
            members(a.role, b.role)
        case (.success, .failure(let refusal)):
            Finding.report("only the quick reader accepts: \(refusal.code)")
        case (.failure(let refusal), .success):
            Finding.report("only the plain reader accepts: \(refusal.code)")
        }
    }

    /// A refusal by its code; their texts name the same thing from different places.
    private struct Refused: Error {
        let code: String
    }

    private static func outcome<Value>(_ read: () throws -> Value) -> Result<Value, Refused> {
        do { return .success(try read()) } catch let refusal as Refusal {
            return .failure(Refused(code: refusal.code.rawValue))
        } catch {
            Finding.report("foreign bytes were answered with an error that is not a refusal: \(error)")
        }
    }
}
