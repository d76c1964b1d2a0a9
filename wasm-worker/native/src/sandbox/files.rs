//! `wasi:filesystem` 0.2 for components: that of wasmtime-wasi, behind the workspace's [`Account`].
//!
//! Calls that can grow the workspace, or hold a file open, reserve first; everything is then forwarded.

use super::account::{Account, Contents};
use super::file_stream::{FileStream, Mode};
use super::guest::GuestState;
use super::wasi::MAX_OPEN_FILES;
use std::fs::File;
use std::sync::Arc;
use wasmtime::component::{HasData, Resource};
use wasmtime::{Error, Result};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtxView, WasiFilesystemView};
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, DirectoryEntryStream, ErrorCode, Filesize,
    Host, HostDescriptor, HostDirectoryEntryStream, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsError, FsResult};

/// Folders that one guest may be listing at once, and entries that they may have together: lists are in the host's
/// memory, whole.
const MAX_LISTINGS: u64 = 16;
const MAX_LISTED_ENTRIES: u64 = 200_000;

/// The files of one guest.
pub(super) struct Files<'a> {
    inner: WasiFilesystemCtxView<'a>,
    account: &'a Account,
    listings: &'a mut u64,
    /// Seconds and nanoseconds that every file was last touched at, where the guest's clock is fixed.
    fixed_time: Option<(u64, u32)>,
}

/// For `add_to_linker`: where a store has its [`Files`].
pub(super) struct HasFiles;

impl HasData for HasFiles {
    type Data<'a> = Files<'a>;
}

impl GuestState {
    pub(super) fn files(&mut self) -> Files<'_> {
        let fixed_time = self.clock.as_ref().map(|clock| clock.unix_time());
        Files { inner: self.wasi.filesystem(), account: &self.quota.account, listings: &mut self.listings, fixed_time }
    }
}

type Fd = Resource<Descriptor>;

impl Files<'_> {
    fn descriptor(&self, fd: &Fd) -> FsResult<&Descriptor> {
        Ok(self.inner.table.get(fd)?)
    }

    /// The file behind a descriptor that may be written.
    fn writable(&self, fd: &Fd) -> FsResult<Option<Arc<File>>> {
        Ok(match self.descriptor(fd)? {
            Descriptor::File(file) if !file.perms.write_not_permitted() => Some(file.file.clone()),
            _ => None,
        })
    }

    // `&mut`, as a future may not share what is not Sync.
    async fn reserve(&mut self, more: Contents) -> FsResult<()> {
        self.account.reserve(more).await.map_err(FsError::trap)
    }

    /// Reserves what makes a file at least `end` bytes long.
    async fn reserve_up_to(&mut self, fd: &Fd, end: u64) -> FsResult<()> {
        if let Some(file) = self.writable(fd)? {
            self.reserve(Contents::bytes(end.saturating_sub(file.metadata()?.len()))).await?;
        }
        Ok(())
    }

    /// Puts the account before a stream that writes.
    fn accounted(
        &mut self,
        stream: Resource<DynOutputStream>,
        file: Arc<File>,
        mode: Mode,
    ) -> FsResult<Resource<DynOutputStream>> {
        let inner = self.inner.table.delete(stream)?;
        let stream: DynOutputStream = Box::new(FileStream::new(inner, file, mode, self.account.clone()));
        Ok(self.inner.table.push(stream)?)
    }

    fn timed(&self, stat: DescriptorStat) -> DescriptorStat {
        let Some((seconds, nanoseconds)) = self.fixed_time else {
            return stat;
        };
        let time = Some(wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime { seconds, nanoseconds });
        DescriptorStat {
            data_access_timestamp: time,
            data_modification_timestamp: time,
            status_change_timestamp: time,
            ..stat
        }
    }
}

impl Host for Files<'_> {
    fn convert_error_code(&mut self, error: FsError) -> Result<ErrorCode> {
        self.inner.convert_error_code(error)
    }

    fn filesystem_error_code(&mut self, error: Resource<Error>) -> Result<Option<ErrorCode>> {
        self.inner.filesystem_error_code(error)
    }
}

impl HostDescriptor for Files<'_> {
    async fn set_size(&mut self, fd: Fd, size: Filesize) -> FsResult<()> {
        self.reserve_up_to(&fd, size).await?;
        self.inner.set_size(fd, size).await
    }

    async fn write(&mut self, fd: Fd, bytes: Vec<u8>, offset: Filesize) -> FsResult<Filesize> {
        self.reserve_up_to(&fd, offset.saturating_add(bytes.len() as u64)).await?;
        self.inner.write(fd, bytes, offset).await
    }

    fn write_via_stream(&mut self, fd: Fd, offset: Filesize) -> FsResult<Resource<DynOutputStream>> {
        let file = self.writable(&fd)?;
        let stream = self.inner.write_via_stream(fd, offset)?;
        match file {
            Some(file) => self.accounted(stream, file, Mode::From(offset)),
            None => Ok(stream),
        }
    }

    fn append_via_stream(&mut self, fd: Fd) -> FsResult<Resource<DynOutputStream>> {
        let file = self.writable(&fd)?;
        let stream = self.inner.append_via_stream(fd)?;
        match file {
            Some(file) => self.accounted(stream, file, Mode::Append),
            None => Ok(stream),
        }
    }

    async fn open_at(
        &mut self,
        fd: Fd,
        path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Fd> {
        if self.account.open_files() >= MAX_OPEN_FILES {
            return Err(ErrorCode::Quota.into());
        }
        if open_flags.contains(OpenFlags::CREATE) {
            self.reserve(Contents::ENTRY).await?;
        }
        let opened = self.inner.open_at(fd, path_flags, path, open_flags, flags).await?;
        match self.descriptor(&opened)? {
            Descriptor::File(file) => self.account.opened(&file.file),
            Descriptor::Dir(folder) => self.account.opened(&folder.dir),
        }
        Ok(opened)
    }

    async fn create_directory_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        self.reserve(Contents::ENTRY).await?;
        self.inner.create_directory_at(fd, path).await
    }

    async fn symlink_at(&mut self, fd: Fd, target: String, path: String) -> FsResult<()> {
        self.reserve(Contents { bytes: target.len() as u64, ..Contents::ENTRY }).await?;
        self.inner.symlink_at(fd, target, path).await
    }

    async fn link_at(&mut self, fd: Fd, path_flags: PathFlags, old: String, folder: Fd, new: String) -> FsResult<()> {
        self.reserve(Contents::ENTRY).await?;
        self.inner.link_at(fd, path_flags, old, folder, new).await
    }

    async fn read_directory(&mut self, fd: Fd) -> FsResult<Resource<DirectoryEntryStream>> {
        let most = (MAX_LISTED_ENTRIES / self.account.max_entries().max(1)).clamp(1, MAX_LISTINGS);
        if *self.listings >= most {
            return Err(ErrorCode::Quota.into());
        }
        let listing = self.inner.read_directory(fd).await?;
        *self.listings += 1;
        Ok(listing)
    }

    async fn stat(&mut self, fd: Fd) -> FsResult<DescriptorStat> {
        let stat = self.inner.stat(fd).await?;
        Ok(self.timed(stat))
    }

    async fn stat_at(&mut self, fd: Fd, path_flags: PathFlags, path: String) -> FsResult<DescriptorStat> {
        let stat = self.inner.stat_at(fd, path_flags, path).await?;
        Ok(self.timed(stat))
    }

    // From here on nothing but forwarding.

    async fn advise(&mut self, fd: Fd, offset: Filesize, length: Filesize, advice: Advice) -> FsResult<()> {
        self.inner.advise(fd, offset, length, advice).await
    }

    async fn sync_data(&mut self, fd: Fd) -> FsResult<()> {
        self.inner.sync_data(fd).await
    }

    async fn sync(&mut self, fd: Fd) -> FsResult<()> {
        self.inner.sync(fd).await
    }

    async fn get_flags(&mut self, fd: Fd) -> FsResult<DescriptorFlags> {
        self.inner.get_flags(fd).await
    }

    async fn get_type(&mut self, fd: Fd) -> FsResult<DescriptorType> {
        self.inner.get_type(fd).await
    }

    async fn set_times(&mut self, fd: Fd, access: NewTimestamp, modification: NewTimestamp) -> FsResult<()> {
        self.inner.set_times(fd, access, modification).await
    }

    async fn set_times_at(
        &mut self,
        fd: Fd,
        path_flags: PathFlags,
        path: String,
        access: NewTimestamp,
        modification: NewTimestamp,
    ) -> FsResult<()> {
        self.inner.set_times_at(fd, path_flags, path, access, modification).await
    }

    async fn read(&mut self, fd: Fd, length: Filesize, offset: Filesize) -> FsResult<(Vec<u8>, bool)> {
        self.inner.read(fd, length, offset).await
    }

    fn read_via_stream(&mut self, fd: Fd, offset: Filesize) -> FsResult<Resource<DynInputStream>> {
        self.inner.read_via_stream(fd, offset)
    }

    async fn readlink_at(&mut self, fd: Fd, path: String) -> FsResult<String> {
        self.inner.readlink_at(fd, path).await
    }

    async fn remove_directory_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        self.inner.remove_directory_at(fd, path).await
    }

    async fn rename_at(&mut self, fd: Fd, old: String, folder: Fd, new: String) -> FsResult<()> {
        self.inner.rename_at(fd, old, folder, new).await
    }

    async fn unlink_file_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        self.inner.unlink_file_at(fd, path).await
    }

    async fn is_same_object(&mut self, one: Fd, other: Fd) -> Result<bool> {
        self.inner.is_same_object(one, other).await
    }

    async fn metadata_hash(&mut self, fd: Fd) -> FsResult<MetadataHashValue> {
        self.inner.metadata_hash(fd).await
    }

    async fn metadata_hash_at(&mut self, fd: Fd, path_flags: PathFlags, path: String) -> FsResult<MetadataHashValue> {
        self.inner.metadata_hash_at(fd, path_flags, path).await
    }

    fn drop(&mut self, fd: Fd) -> Result<()> {
        HostDescriptor::drop(&mut self.inner, fd)
    }
}

impl HostDirectoryEntryStream for Files<'_> {
    async fn read_directory_entry(
        &mut self,
        listing: Resource<DirectoryEntryStream>,
    ) -> FsResult<Option<DirectoryEntry>> {
        self.inner.read_directory_entry(listing).await
    }

    fn drop(&mut self, listing: Resource<DirectoryEntryStream>) -> Result<()> {
        *self.listings = self.listings.saturating_sub(1);
        HostDirectoryEntryStream::drop(&mut self.inner, listing)
    }
}
