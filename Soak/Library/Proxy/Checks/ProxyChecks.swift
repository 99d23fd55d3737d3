// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Checks of what came through a proxy against what its channels published: P6 and P9.
public enum ProxyChecks {
    /// P6: every byte that was received is the byte that was published, also where the rest did not come.
    public static func rightBytes(_ receptions: [Reception], _ honest: HonestChannels) -> [Finding] {
        receptions.compactMap { reception in
            defect(of: reception, honest).map {
                Finding(.onlyVerifiedBytes, reception.name.description, "\(reception.proxy): \($0)")
            }
        }
    }

    private static func defect(of reception: Reception, _ honest: HonestChannels) -> String? {
        guard let status = reception.status, [200, 206].contains(status) else { return nil }
        guard let bytes = honest.bytes(of: reception.name) else {
            return "nobody published it, and it was answered with \(status)"
        }
        let end = reception.offset + reception.count
        guard end <= bytes.count else { return "\(end) bytes came, of \(bytes.count)" }
        let right = HonestChannels.digest(bytes[reception.offset..<end])
        guard reception.count == 0 || right == reception.sha256 else {
            return "\(reception.count) bytes from \(reception.offset) on are not those that were published"
        }
        if let announced = reception.announced, status == 200, announced != bytes.count {
            return "\(announced) bytes were announced, of \(bytes.count)"
        }
        if reception.isWhole, status == 200, end != bytes.count {
            return "it ended after \(end) bytes, of \(bytes.count)"
        }
        return nil
    }

    /// P6: every index is one that was published, and not put together of several.
    ///
    /// - Parameter apart: channels whose shards and whole indexes may be of different moments where not all of them can be
    ///   confirmed, see decision 0017: each is followed for itself, and both together as long as nothing is wrong.
    /// - Returns: what is none, and of which version the others are.
    public static func oneVersion(
        _ readings: [IndexReading],
        _ honest: HonestChannels,
        apart: Set<String> = []
    ) -> (findings: [Finding], versions: [Sighting]) {
        var findings: [Finding] = [], versions: [Sighting] = []
        for reading in readings {
            let place = "\(reading.proxy)/\(reading.channel)/\(reading.subdir)"
            var subject = place
            if case .packages = reading.scope, apart.contains(reading.channel) { subject += " by shards" }
            let fitting = honest.versions(that: reading)
            guard let version = fitting.first else {
                let what = "\(reading.form) with \(reading.records.count) records is of no version"
                findings.append(Finding(.indexIsOneVersion, subject, what))
                continue
            }
            // Where several fit, it says nothing about which one was shown.
            guard fitting.count == 1 else { continue }
            versions.append(Sighting(subject, version, "", reading.span))
            if reading.isSteady, apart.contains(reading.channel) {
                versions.append(Sighting(place + " in all forms", version, "", reading.span))
            }
        }
        return (findings, versions)
    }

    /// P6: whoever asks a proxy after an answer was there is shown that version or a newer one, also if it was killed
    /// in between.
    public static func versionsGoForward(_ versions: [Sighting]) -> [Finding] {
        SightingChecks.goForward(.indexIsOneVersion, versions)
    }

    /// P9: what was received once can be received again: after a kill, and while the channel is down.
    ///
    /// - Parameters:
    ///   - again: what was asked for again, and came.
    public static func nothingLost(_ known: Set<HostedName>, _ again: [Reception]) -> [Finding] {
        let answered = Dictionary(grouping: again, by: \.name)
        return known.sorted().compactMap { name in
            let answers = answered[name] ?? []
            if answers.contains(where: { $0.status == 200 && $0.isWhole }) { return nil }
            let statuses = answers.map { $0.status.map { "\($0)" } ?? "no answer" }.joined(separator: ", ")
            let what = "was passed on before, and now: \(statuses.isEmpty ? "not asked for" : statuses)"
            return Finding(.lastsWhileDown, name.description, what)
        }
    }

    /// P9: what comes while the channel is down says so.
    ///
    /// - Parameter warning: the field `Warning`.
    public static func saysThatItIsStale(_ name: HostedName, _ status: Int?, warning: String?) -> Finding? {
        guard status == 200, warning?.hasPrefix("110 ") != true else { return nil }
        let what = "passed on while the channel is down, and does not say that it may be stale"
        return Finding(.lastsWhileDown, name.description, what)
    }

    /// P6: once channels are well again, their newest version is shown, and all of it is passed on.
    ///
    /// - Parameters:
    ///   - shown: the version that is shown, by `PROXY/CHANNEL/SUBDIR`; nil where there is none.
    ///   - wanted: the version that is the newest.
    public static func healed(_ shown: [String: Int?], _ wanted: [String: Int]) -> [Finding] {
        wanted.sorted { $0.key < $1.key }.compactMap { place, number in
            guard shown[place] != .some(.some(number)) else { return nil }
            let found = (shown[place] ?? nil).map { "version \($0)" } ?? "nothing"
            return Finding(.healsAgain, place, "version \(number) is published, and \(found) is shown")
        }
    }

    /// What may be answered: 404 never for what is there, and nothing but the file where nothing is wrong.
    ///
    /// - Parameters:
    ///   - isListed: whether every version that may be shown lists the file.
    ///   - isDisturbed: whether the channel, the disk or the proxy was disturbed.
    public static func answer(_ reception: Reception, isListed: Bool, isDisturbed: Bool) -> Finding? {
        func find(_ what: String) -> Finding {
            Finding(.healsAgain, reception.name.description, "\(reception.proxy): \(what)")
        }
        switch reception.status {
        case nil: return isDisturbed ? nil : find("no answer, and nothing was wrong")
        case 200?, 206?, 304?: return nil
        case 404?: return isListed ? find("listed, and answered with 404") : nil
        case 403?, 503?:
            return isDisturbed || !isListed
                ? nil : find("answered with \(reception.status ?? 0), and nothing was wrong")
        case let status?: return find("answered with \(status)")
        }
    }

    /// No request is left without an end.
    public static func ends(_ subject: String, after seconds: Double, bound: Double) -> Finding? {
        guard seconds > bound else { return nil }
        return Finding(.staysUp, subject, "took \(Int(seconds)) s, of at most \(Int(bound))")
    }

    /// Memory that is used when nothing happens does not grow from round to round.
    ///
    /// - Parameters:
    ///   - samples: of one process, one for each round.
    ///   - slack: how many bytes more the last third may have than the third before it.
    public static func flatMemory(_ samples: [Int], slack: Int, of proxy: String) -> [Finding] {
        let third = samples.count / 3
        guard third >= 2 else { return [] }
        // The first third is for caches that fill.
        let middle = samples[third..<2 * third].sorted()[third / 2]
        let last = samples.suffix(third).sorted()[third / 2]
        guard last > middle + slack else { return [] }
        return [Finding(.staysUp, proxy, "memory grew from \(middle >> 20) to \(last >> 20) MiB")]
    }
}
