// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import TrustCore

/// Who vouches for the packages of a channel, for people: the two security models.
struct MaintainersReport {
    private let maintained: [MaintainedPackage]
    private let now: Timestamp

    init(_ maintained: [MaintainedPackage], _ now: Timestamp) {
        self.maintained = maintained
        self.now = now
    }

    /// A table of the packages that their maintainers sign, and a line about all others.
    var lines: [String] {
        guard !maintained.isEmpty else {
            return ["every package is vouched for by the online key, through the index"]
        }
        var table = TextTable(["PACKAGE", "VERSION", "SIGNERS", "KEYS", "EXPIRES", "", "FILES"])
        for package in maintained {
            table.add([
                package.package, package.version.map { "\($0)" } ?? "",
                "\(package.threshold) of \(package.keyIDs.count)",
                package.keyIDs.map { String($0.prefix(8)) }.joined(separator: " "),
                package.expires?.description ?? "", package.remaining(at: now), "\(package.fileCount)",
            ])
        }
        return ["signed by their maintainers:"] + table.lines
            + ["every other package is vouched for by the online key, through the index"]
    }
}
