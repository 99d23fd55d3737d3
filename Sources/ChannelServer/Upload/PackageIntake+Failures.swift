// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Logging
internal import TrustCore

extension PackageIntake {
    /// Notes for operators that an upload failed, if the server knows who sent it, and the channel is one that they may know
    /// of: strangers write nothing into the database.
    ///
    /// What goes wrong here is not told to the sender, who has an error already.
    func note(_ error: any Error, of fileName: String, in channelName: String, by caller: Caller) async {
        guard let holder = caller.holder, let name = try? ChannelName(channelName) else { return }
        let refusal = error as? Refusal
        guard refusal?.is(ServerCode.channelUnknown) != true, !(error is CancellationError) else { return }
        let now = parts.now()
        do {
            try await parts.database.write { transaction in
                guard let channel = try transaction.channel(name) else { return }
                try transaction.note(
                    FailedUpload(
                        channel: channel.id,
                        publisher: holder,
                        fileName: fileName,
                        code: refusal?.codeName,
                        time: now
                    )
                )
            }
        } catch {
            parts.logger.error("that an upload failed could not be noted: \(error)")
        }
    }
}
