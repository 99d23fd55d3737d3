// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// Where a record of conda content trust is listed, which no signature covers: whoever serves an index could list a
/// signed record anywhere.
///
/// One rule for whoever signs records, looks at a channel, or admits packages.
public enum RecordPlace {
    /// Demands that a record names its subdir, and that it is of the subdir and of the file it is listed under.
    ///
    /// That name, version and build are those of the file name was checked when the record was read.
    /// - Throws: a `Refusal` with `gate.record-subdir` or `gate.record-file`.
    public static func check(_ record: PackageRecord, in subdir: Subdir) throws {
        let name = record.fileName.text
        let own = record.raw["subdir"]
        guard let text = own?.string, ByteKey.areEqual(text, subdir.text) else {
            throw Refusal(
                GateCode.recordSubdir,
                name,
                expected: "`\(subdir)`",
                found: own.map { $0.string.map { "`\($0)`" } ?? $0.typeName } ?? "none"
            )
        }
        guard let file = record.raw["fn"] else { return }
        guard let text = file.string, ByteKey.areEqual(text, name) else {
            throw Refusal(
                GateCode.recordFile,
                name,
                expected: "`\(name)`",
                found: file.string.map { "`\($0)`" } ?? file.typeName
            )
        }
    }
}
