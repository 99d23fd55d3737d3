// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import TrustCore

/// What a backup has, for people and for programs.
enum BackupReport {
    static func say(_ contents: BackupContents, on console: Console) {
        LabelledLine("made", "\(contents.made)").say(on: console)
        LabelledLine("channels", "\(contents.channels)").say(on: console)
        LabelledLine("files", "\(contents.blobs), \(ByteCount(contents.bytes)), each with its digest").say(
            on: console
        )
        for log in contents.logs {
            LabelledLine("log", "\(log.origin), \(Counted(Int(clamping: log.entries), "entry"))").say(
                on: console
            )
        }
        let settings = contents.settings.isEmpty ? "none" : contents.settings.joined(separator: ", ")
        LabelledLine("settings", settings).say(on: console)
    }

    static func document(_ contents: BackupContents) -> JSONObject {
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["backup"] = .object(contents.json)
        return document
    }
}
