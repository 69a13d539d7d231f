//! Gates as real processes: started as promised, ended within their bounds, side by side.

#[cfg(test)]
mod cancelled;
#[cfg(test)]
mod ended;
#[cfg(test)]
mod side_by_side;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod started;
#[cfg(test)]
mod written;
