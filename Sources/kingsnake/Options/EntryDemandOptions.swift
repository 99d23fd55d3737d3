// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore
import TrustPolicy

/// How many publishers of an entry must attest, and which packages need no attestation, as the command line gives it.
struct EntryDemandOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How many different publishers of the entry must attest.", valueName: "number")
    )
    var threshold: Int?

    @Option(
        help: ArgumentHelp(
            "Needed by files only that the index lists since this moment, or later.",
            valueName: "time"
        )
    )
    var requiredSince: String?

    @Flag(
        help: "Needed by all but the files that the channel lists now without attestation, by their digests."
    )
    var exceptUnattested = false

    @Flag(help: "Needed by every file. (the default of a new entry)")
    var always = false

    func validate() throws {
        guard requiredSince.map({ Timestamp($0) != nil }) ?? true else {
            throw ValidationError("--required-since takes a time such as 2026-12-31T00:00:00Z")
        }
        guard [requiredSince != nil, exceptUnattested, always].filter(\.self).count <= 1 else {
            throw ValidationError("give one of --required-since, --except-unattested and --always")
        }
    }

    /// What is given of exemptions; nil if nothing is. Says which files are excepted by their digests.
    func exemption(_ pattern: PackagePattern, inChannelAt directory: String, _ console: Console) throws
        -> PublisherEntry
        .Exemption?
    {
        if let moment = requiredSince.flatMap({ Timestamp($0) }) { return .listed(before: moment) }
        if always { return PublisherEntry.Exemption.none }
        guard exceptUnattested else { return nil }
        let files = try PublisherTrial.unattested(pattern, inChannelAt: directory)
        for (file, sha256) in files.prefix(Self.shownFiles) {
            console.say("needs no attestation: `\(file)`, \(sha256)")
        }
        let rest = files.count - Self.shownFiles
        if rest > 0 { console.say("and \(Counted(rest, "file")) more; `channel list` shows all") }
        let digests = Set(files.map(\.sha256)).sorted { $0.hex < $1.hex }
        return digests.isEmpty ? PublisherEntry.Exemption.none : .digests(digests)
    }

    private static let shownFiles = 50
}
